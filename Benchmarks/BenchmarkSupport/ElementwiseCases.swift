import Tensors

/// Kernels that are bound by memory: each element is read and written once.
enum ElementwiseCases {
    static var all: [KernelCase] { norms + gates + rows + logits + training }

    private static let rowCount = CaseSize.rows
    private static let gateRows = CaseSize.rows / 4
    private static let hidden = CaseSize.hidden
    private static let intermediate = CaseSize.intermediate

    private static var norms: [KernelCase] {
        [
            KernelCase("RMSNorm forward", CaseSize.bytes(2, rowCount, hidden)) {
                let x = CaseSize.matrix(rowCount, hidden)
                let weight = CaseSize.matrix(1, hidden)
                let y = Matrix(rows: rowCount, columns: hidden)
                let inverse = Matrix(rows: rowCount, columns: 1)
                return { Kernels.rmsNormForward(x, weight: weight, epsilon: 1e-5, into: y, inverseRMS: inverse) }
            },
            KernelCase("RMSNorm backward", CaseSize.bytes(4, rowCount, hidden)) {
                let (x, dy) = (CaseSize.matrix(rowCount, hidden), CaseSize.matrix(rowCount, hidden))
                let weight = CaseSize.matrix(1, hidden)
                let dx = Matrix(rows: rowCount, columns: hidden)
                let inverse = CaseSize.matrix(rowCount, 1)
                return {
                    Kernels.rmsNormBackward(
                        dy, x: x, weight: weight, inverseRMS: inverse, into: dx, accumulate: true)
                }
            },
        ]
    }

    private static var gates: [KernelCase] {
        [
            KernelCase("SwiGLU forward", CaseSize.bytes(3, gateRows, intermediate)) {
                let (gate, up) = (
                    CaseSize.matrix(gateRows, intermediate), CaseSize.matrix(gateRows, intermediate)
                )
                let h = Matrix(rows: gateRows, columns: intermediate)
                return { Kernels.swiGLUForward(gate: gate, up: up, into: h) }
            },
            KernelCase("SwiGLU backward", CaseSize.bytes(5, gateRows, intermediate)) {
                let (gate, up, dh) = (
                    CaseSize.matrix(gateRows, intermediate), CaseSize.matrix(gateRows, intermediate),
                    CaseSize.matrix(gateRows, intermediate)
                )
                let dGate = Matrix(rows: gateRows, columns: intermediate)
                let dUp = Matrix(rows: gateRows, columns: intermediate)
                return { Kernels.swiGLUBackward(dh, gate: gate, up: up, dGate: dGate, dUp: dUp) }
            },
        ]
    }

    private static var rows: [KernelCase] {
        [
            KernelCase("rotation of queries", CaseSize.bytes(2, rowCount, hidden)) {
                let q = CaseSize.matrix(rowCount, hidden)
                let table = RotaryTable(theta: 100_000, headDim: CaseSize.headDim, maxPositions: 512)
                let positions = (0..<rowCount).map { Int32($0 % 512) }
                return {
                    Kernels.rotate(
                        q, into: q, positions: positions, table: table, headDim: CaseSize.headDim, inverse: false)
                }
            },
            KernelCase("addition", CaseSize.bytes(3, rowCount, hidden)) {
                let (x, y) = (CaseSize.matrix(rowCount, hidden), Matrix(rows: rowCount, columns: hidden))
                return { Kernels.add(x, into: y) }
            },
            KernelCase("gathering of rows", CaseSize.bytes(2, rowCount, hidden)) {
                let (x, y) = (CaseSize.matrix(rowCount, hidden), Matrix(rows: rowCount, columns: hidden))
                let rows = (0..<rowCount).map { Int32($0 * 7 % rowCount) }
                return { Kernels.gatherRows(x, rows: rows, into: y) }
            },
            KernelCase("dropout", CaseSize.bytes(2, rowCount, hidden)) {
                let (x, y) = (CaseSize.matrix(rowCount, hidden), Matrix(rows: rowCount, columns: hidden))
                let random = Philox(seed: 1, streamNumber: 1)
                return { Kernels.dropout(x, into: y, probability: 0.05, random: random, step: 0, firstPosition: 0) }
            },
        ]
    }

    private static var logits: [KernelCase] {
        let block = 512
        return [
            KernelCase("cross-entropy, forward and backward", CaseSize.bytes(2, block, CaseSize.vocabulary)) {
                let logits = CaseSize.matrix(block, CaseSize.vocabulary)
                let targets = (0..<block).map { Int32($0 * 91) }
                return { _ = Kernels.crossEntropy(logits, targets: targets, scale: 1) }
            },
            KernelCase("log-probabilities", CaseSize.bytes(1, block, CaseSize.vocabulary)) {
                let logits = CaseSize.matrix(block, CaseSize.vocabulary)
                let targets = (0..<block).map { Int32($0 * 91) }
                return { _ = Kernels.logProbabilities(logits, targets: targets) }
            },
        ]
    }

    private static var training: [KernelCase] {
        // All of an all-linear adapter of a large base at once, so that its state fits no cache.
        let (count, width) = (8192, 1024)
        return [
            KernelCase("AdamW", CaseSize.bytes(7, count, width)) {
                let (value, gradient) = (CaseSize.matrix(count, width), CaseSize.matrix(count, width))
                let (m, v) = (Matrix(rows: count, columns: width), Matrix(rows: count, columns: width))
                return {
                    Kernels.adamW(
                        parameter: value, gradient: gradient, m: m, v: v, learningRate: 1e-4, beta1: 0.9,
                        beta2: 0.999, epsilon: 1e-8, weightDecay: 0, step: 10)
                }
            },
            KernelCase("squared norm", CaseSize.bytes(1, count, width)) {
                let gradient = CaseSize.matrix(count, width)
                return { _ = Kernels.squaredNorm(gradient) }
            },
        ]
    }
}
