import Tensors

extension LanguageModel {
    /// Forward and backward over one batch: returns Σ −log p(target) over its labels, in nats.
    ///
    /// Adapters' gradients accumulate `lossScale` times the gradient of that sum, so that 1 / (labels of the whole
    /// step) gives the mean over supervised tokens however the step is cut into batches. Below the lowest block with
    /// an adapter nothing is kept and nothing flows back.
    ///
    /// - Throws: `TransformersError.tooLong` or `.mismatch` where the batch does not fit the model.
    package func trainingStep(_ batch: PackedBatch, lossScale: Float, step: UInt64) throws -> Double {
        try check(batch)
        guard !batch.labelRows.isEmpty else { return 0 }
        let mark = kept.mark()
        defer { kept.release(to: mark) }
        let pass = Pass(mode: .training(step: step, firstRow: batch.firstRow), kept: kept, scratch: scratch)
        let layout = SequenceLayout(batch)
        let lowest = blocks.firstIndex { $0.hasAdapter } ?? blocks.count

        var x = kept.matrix(batch.rowCount, configuration.hiddenSize)
        embedding.forward(batch.tokens, into: x)
        var blocksKept: [DecoderBlock.Kept] = []
        for (index, block) in blocks.enumerated() {
            let rows = index == blocks.count - 1 ? batch.labelRows : nil
            if index < lowest, rows == nil {
                block.infer(x, rows: nil, into: nil, layout: layout, pass: pass)
            } else {
                let (y, blockKept) = block.forward(x, rows: rows, layout: layout, pass: pass)
                blocksKept.append(blockKept)
                x = y
            }
        }

        let gradient = kept.matrix(x.rows, x.columns)
        let loss = head.loss(x, targets: batch.labelTargets, scale: lossScale, gradient: gradient, pass: pass)

        var dx = gradient
        for index in stride(from: blocks.count - 1, through: lowest, by: -1) {
            let blockKept = blocksKept.removeLast()
            guard
                let below = blocks[index].backward(
                    dx, kept: blockKept, layout: layout, needsInputGradient: index > lowest, pass: pass)
            else { break }
            dx = below
        }
        return loss
    }
}
