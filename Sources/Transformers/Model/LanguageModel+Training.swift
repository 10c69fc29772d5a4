import Tensors

extension LanguageModel {
    /// Forward and backward over one batch: returns Σ loss over its labels: −log p(target) in nats, or a
    /// squared error.
    ///
    /// Gradients of adapters, and of the base's tensors that are trained, accumulate `lossScale` times the gradient of that sum, so that 1 / (labels of the whole
    /// step) gives the mean over supervised tokens however the step is cut into batches. Below the lowest block in
    /// which something is trained nothing is saved and nothing flows back.
    ///
    /// - Parameter regularisation: label smoothing changes the loss and its gradients, noise what is computed.
    /// - Parameter labelLosses: hears the loss of each label.
    /// - Throws: `TransformersError.tooLong` or `.mismatch` where the batch does not fit the model.
    package func trainingStep(
        _ batch: PackedBatch, lossScale: Float, step: UInt64, regularisation: Regularisation = .none,
        labelLosses: LabelLosses? = nil
    ) throws -> Double {
        try check(batch)
        guard !batch.labelRows.isEmpty else { return 0 }
        let mark = saved.mark()
        defer { saved.release(to: mark) }
        let pass = Pass(
            mode: .training(step: step, firstRow: batch.firstRow), saved: saved, scratch: scratch,
            keepsPanels: !activationCheckpointing, regularisation: regularisation, labelLosses: labelLosses)
        // Noise belongs to a sequence's own rows, as dropout's masks do.
        let shares = regularisation.noise == nil && sharesRows(of: batch, isTraining: true)
        let rows = planner.rows(
            of: behindPrompt(batch, &prompted), sharingPrefixes: shares, prefixRows: prefixRows)
        let layout = rows.layout

        var x = saved.matrix(rows.tokens.count, configuration.hiddenSize)
        let embeddingSaved = embedding.forward(rows.tokens, layout: layout, into: x, pass: pass)
        let tablesTrain = embedding.tableSlot.isTaken || embeddingParameters.contains { $0.isTrained }
        let embeddingTrains = embeddingSaved != nil || promptRows > 0 || tablesTrain
        let lowest = embeddingTrains ? 0 : lowestTrainedBlock
        for (index, block) in trainedBlocks.enumerated() {
            let isLast = index == blocks.count - 1
            if index < lowest, !isLast {
                blocks[index].infer(x, rows: nil, into: nil, layout: layout, cache: nil, pass: pass)
                continue
            }
            x =
                activationCheckpointing && !isLast
                ? block.checkpointedForward(x, layout: layout, pass: pass)
                : block.forward(x, rows: isLast ? rows.labelRows : nil, layout: layout, pass: pass)
        }

        var dx = saved.matrix(x.rows, x.columns)
        let loss = head.loss(x, labels: batch.labels, scale: lossScale, gradient: dx, pass: pass)
        for index in stride(from: blocks.count - 1, through: lowest, by: -1) {
            let needsInputGradient = index > lowest || embeddingTrains || trainsBase(block: index)
            guard
                let below = trainedBlocks[index].backward(
                    dx, layout: layout, needsInputGradient: needsInputGradient, pass: pass)
            else { return loss }
            dx = below
        }
        if embeddingSaved != nil || tablesTrain {
            embedding.backward(dx, tokens: rows.tokens, layout: layout, saved: embeddingSaved, pass: pass)
        }
        embedding.tokenTable?.accumulatePromptGradient(dx, tokens: rows.tokens)
        return loss
    }

    /// The lowest block in which something is trained; the number of blocks where there is none.
    private var lowestTrainedBlock: Int {
        blocks.indices.first { blocks[$0].hasAdapter || trainsBase(block: $0) } ?? blocks.count
    }

    private func trainsBase(block index: Int) -> Bool { blockParameters[index].contains { $0.isTrained } }
}
