import Tensors

/// The adapter's products: a rank of 8 makes them a matter of memory.
enum SkinnyCases {
    static var all: [KernelCase] {
        let (rows, hidden, rank) = (CaseSize.rows, CaseSize.hidden, CaseSize.rank)
        return [
            KernelCase("h = x·Aᵀ, rank 8", CaseSize.bytes(1, rows, hidden)) {
                let (x, a) = (CaseSize.matrix(rows, hidden), CaseSize.matrix(rank, hidden))
                let h = Matrix(rows: rows, columns: rank)
                return { multiply(.plain(x), .transposed(a), into: h) }
            },
            KernelCase("y += h·Bᵀ, rank 8", CaseSize.bytes(2, rows, hidden)) {
                let (h, b) = (CaseSize.matrix(rows, rank), CaseSize.matrix(hidden, rank))
                let y = Matrix(rows: rows, columns: hidden)
                return { multiply(.plain(h), .transposed(b), into: y, accumulate: true) }
            },
            KernelCase("dx += dh·A, rank 8", CaseSize.bytes(2, rows, hidden)) {
                let (dh, a) = (CaseSize.matrix(rows, rank), CaseSize.matrix(rank, hidden))
                let dx = Matrix(rows: rows, columns: hidden)
                return { multiply(.plain(dh), .plain(a), into: dx, accumulate: true) }
            },
            KernelCase("dA += dhᵀ·x, rank 8", CaseSize.bytes(1, rows, hidden)) {
                let (dh, x) = (CaseSize.matrix(rows, rank), CaseSize.matrix(rows, hidden))
                let gradient = Matrix(rows: rank, columns: hidden)
                return { multiply(.transposed(dh), .plain(x), into: gradient, accumulate: true) }
            },
            KernelCase("dB += dyᵀ·h, rank 8", CaseSize.bytes(1, rows, hidden)) {
                let (dy, h) = (CaseSize.matrix(rows, hidden), CaseSize.matrix(rows, rank))
                let gradient = Matrix(rows: hidden, columns: rank)
                return { multiply(.transposed(dy), .plain(h), into: gradient, accumulate: true) }
            },
        ]
    }
}

/// Causal attention: the products over pairs of a row with one before it.
enum AttentionCases {
    static func all(_ dtype: DType) -> [KernelCase] {
        [(16, 32), (4, 512), (1, 4096)].flatMap { sequences, length in
            let pairs = Double(sequences) * Double(length * (length + 1) / 2)
            let size = "\(sequences) × \(length)"
            return [
                KernelCase("attention forward, \(size)", .operations(4 * Double(CaseSize.hidden) * pairs, dtype)) {
                    let attention = Operands(sequences: sequences, length: length, dtype)
                    return { attention.forward() }
                },
                KernelCase("attention backward, \(size)", .operations(8 * Double(CaseSize.hidden) * pairs, dtype)) {
                    let attention = Operands(sequences: sequences, length: length, dtype)
                    attention.forward()
                    return { attention.backward() }
                },
            ]
        }
    }

    private struct Operands {
        let q, k, v, o, logSumExp, dO, dq, dk, dv: Matrix
        let spans: [AttentionSpan]
        let scale = 1 / Float(CaseSize.headDim).squareRoot()

        init(sequences: Int, length: Int, _ stored: DType) {
            let dtype = stored.compute
            let rows = sequences * length
            q = CaseSize.matrix(rows, CaseSize.hidden, dtype)
            k = CaseSize.matrix(rows, CaseSize.keys, dtype)
            v = CaseSize.matrix(rows, CaseSize.keys, dtype)
            o = Matrix(rows: rows, columns: CaseSize.hidden, dtype: dtype)
            logSumExp = Matrix(rows: rows, columns: CaseSize.hidden / CaseSize.headDim)
            dO = CaseSize.matrix(rows, CaseSize.hidden, dtype)
            dq = Matrix(rows: rows, columns: CaseSize.hidden)
            dk = Matrix(rows: rows, columns: CaseSize.keys)
            dv = Matrix(rows: rows, columns: CaseSize.keys)
            spans = (0..<sequences).map { index in
                AttentionSpan(
                    queryStart: index * length, queryCount: length, keyStart: index * length, keyCount: length)
            }
        }

        func forward() {
            Kernels.attentionForward(
                q: q, k: k, v: v, spans: spans, headDim: CaseSize.headDim, scale: scale, into: o,
                logSumExp: logSumExp)
        }

        func backward() {
            Kernels.attentionBackward(
                dO: dO, q: q, k: k, v: v, o: o, logSumExp: logSumExp, spans: spans, headDim: CaseSize.headDim,
                scale: scale, dq: dq, dk: dk, dv: dv)
        }
    }
}

/// Products with frozen weights, in one dtype.
enum ProductCases {
    static func all(_ dtype: DType) -> [KernelCase] {
        let rows = 1024
        let shapes = [
            ("q k v", 960, CaseSize.hidden), ("output", CaseSize.hidden, CaseSize.hidden),
            ("gate up", 2 * CaseSize.intermediate, CaseSize.hidden), ("down", CaseSize.hidden, CaseSize.intermediate),
        ]
        let projections = shapes.flatMap { name, outputs, inputs in
            products(name, rows: rows, outputs: outputs, inputs: inputs, dtype)
        }
        let head = products("head", rows: 128, outputs: CaseSize.vocabulary, inputs: CaseSize.hidden, dtype)
        return projections + head + [oneRow(dtype)]
    }

    private static func products(_ name: String, rows: Int, outputs: Int, inputs: Int, _ dtype: DType)
        -> [KernelCase]
    {
        let bound = KernelCase.Bound.operations(2 * Double(rows) * Double(outputs) * Double(inputs), dtype)
        @Sendable func weight() -> FrozenWeight {
            FrozenWeight(CaseSize.matrix(outputs, inputs), dtype: dtype)
        }
        return [
            KernelCase("\(name) forward, \(rows) rows, \(dtype.rawValue)", bound) {
                let (weight, x) = (weight(), CaseSize.matrix(rows, inputs, dtype.compute))
                let y = Matrix(rows: rows, columns: outputs)
                return { weight.forward(x, into: y) }
            },
            KernelCase("\(name) backward, \(rows) rows, \(dtype.rawValue)", bound) {
                let (weight, dy) = (weight(), CaseSize.matrix(rows, outputs, dtype.compute))
                let dx = Matrix(rows: rows, columns: inputs)
                return { weight.backward(dy, into: dx) }
            },
        ]
    }

    /// What decoding is made of: one row against a weight that no cache holds.
    private static func oneRow(_ dtype: DType) -> KernelCase {
        let (outputs, inputs) = (CaseSize.vocabulary, CaseSize.hidden)
        return KernelCase(
            "head forward, 1 row, \(dtype.rawValue)", .bytes(Double(outputs * inputs * dtype.bytes))
        ) {
            let weight = FrozenWeight(CaseSize.matrix(outputs, inputs), dtype: dtype)
            let (x, y) = (CaseSize.matrix(1, inputs, dtype.compute), Matrix(rows: 1, columns: outputs))
            return { weight.forward(x, into: y, isDecoding: true) }
        }
    }
}
