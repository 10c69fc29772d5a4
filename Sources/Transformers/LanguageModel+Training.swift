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
        var records: [Record] = []
        for (index, block) in blocks.enumerated() {
            let isLast = index == blocks.count - 1
            if index < lowest, !isLast {
                block.infer(x, rows: nil, into: nil, layout: layout, pass: pass)
            } else if activationCheckpointing, !isLast {
                records.append(.input(x))
                x = block.forwardKeepingNothing(x, layout: layout, pass: pass)
            } else {
                let rows = isLast ? batch.labelRows : nil
                let (y, blockKept) = block.forward(x, rows: rows, layout: layout, pass: pass)
                records.append(.kept(blockKept))
                x = y
            }
        }

        let gradient = kept.matrix(x.rows, x.columns)
        let loss = head.loss(x, targets: batch.labelTargets, scale: lossScale, gradient: gradient, pass: pass)

        var dx = gradient
        for index in stride(from: blocks.count - 1, through: lowest, by: -1) {
            let block = blocks[index]
            let needsInputGradient = index > lowest
            switch records.removeLast() {
            case .kept(let blockKept):
                let below = block.backward(
                    dx, kept: blockKept, layout: layout, needsInputGradient: needsInputGradient, pass: pass)
                guard let below else { return loss }
                dx = below
            case .input(let input):
                // Its gradient takes the place of dx, so nothing is lost when what was computed again is given back.
                let mark = kept.mark()
                let again = block.recompute(input, layout: layout, pass: pass)
                _ = block.backward(dx, kept: again, layout: layout, needsInputGradient: needsInputGradient, pass: pass)
                kept.release(to: mark)
            }
        }
        return loss
    }

    /// What a block leaves for backward: all that it needs, or the input to compute it from.
    private enum Record {
        case kept(DecoderBlock.Kept)
        case input(Matrix)
    }
}
