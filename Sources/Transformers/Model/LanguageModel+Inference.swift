import Tensors

extension LanguageModel {
    /// log p(target) for each label of the batch, in its order. Forward only.
    ///
    /// - Throws: `TransformersError.tooLong` or `.mismatch` where the batch does not fit the model.
    package func logProbabilities(_ batch: PackedBatch) throws -> [Float] {
        try losses(batch).map { -$0 }
    }

    /// The loss of each label of the batch, in its order: −log p in nats, or a regression's squared error. Forward only.
    ///
    /// - Throws: as `logProbabilities`.
    package func losses(_ batch: PackedBatch) throws -> [Float] {
        try withSelectedRows(batch) { x, pass in head.losses(x, labels: batch.labels, pass: pass) }
    }

    /// Logits `[labels, V]`, or `[labels, classes]`, of the batch's label rows, whatever their targets. Forward only; for few rows.
    ///
    /// - Throws: as `logProbabilities`.
    package func logits(_ batch: PackedBatch) throws -> Matrix {
        let logits = Matrix(rows: batch.labelRows.count, columns: head.outputs)
        try withSelectedRows(batch) { x, pass in
            head.logits(x, into: logits, pass: pass)
        }
        return logits
    }

    /// An empty cache for one sequence of up to `capacity` tokens.
    ///
    /// - Throws: `TransformersError.tooLong` where the base has fewer positions, `.unsupported` where the model
    ///   classifies.
    package func makeCache(capacity: Int) throws -> KeyValueCache {
        guard classifier == nil else {
            throw TransformersError(.unsupported, "A model with a classification head does not generate text.")
        }
        try checkLength(capacity)
        return KeyValueCache(
            capacity: capacity + promptRows + prefixRows, layers: blocks.count,
            columns: configuration.keyValueHeads * configuration.headDim,
            dtype: dtype.compute)
    }

    /// Feeds `tokens` after what `cache` holds; returns the logits `[1, V]` after the last.
    ///
    /// - Throws: `TransformersError.tooLong` where the cache is full, `.mismatch` for an id outside the vocabulary.
    package func decode(_ tokens: [Int], cache: KeyValueCache) throws -> Matrix {
        let total = (cache.count == 0 ? promptRows + prefixRows : cache.count) + tokens.count
        guard total <= cache.capacity else {
            throw TransformersError(.tooLong, "\(total) tokens do not fit a cache of \(cache.capacity).")
        }
        var ids = tokens.map { Int32(clamping: $0) }
        try check(ids: ids)
        cache.tokens += ids
        if let cacheLimit, cache.count > 0, cache.count <= cacheLimit, total > cacheLimit {
            cache.clear()
            ids = cache.tokens
        }
        if cache.count == 0, let table = embedding.tokenTable { ids = Array(table.promptIDs) + ids }
        let layout = SequenceLayout(
            positions: Array(Int32(total - ids.count)..<Int32(total)),
            spans: [AttentionSpan(queryStart: 0, queryCount: ids.count, keyStart: 0, keyCount: total)])
        let logits = Matrix(rows: 1, columns: configuration.vocabularySize)
        inference(.decoding) { pass in
            let x = pass.saved.matrix(ids.count, configuration.hiddenSize)
            embedding.forward(ids, layout: layout, into: x, pass: pass)
            for (block, layer) in zip(blocks, cache.layers) {
                block.infer(x, rows: nil, into: nil, layout: layout, cache: layer, pass: pass)
            }
            head.logits(x.rows((ids.count - 1)..<ids.count), into: logits, pass: pass)
        }
        cache.count = total
        return logits
    }

    /// Hands `body` the last block's output for the label rows, `[labels, d]`.
    private func withSelectedRows<Result>(_ batch: PackedBatch, _ body: (Matrix, Pass) throws -> Result) throws
        -> Result
    {
        try check(batch)
        let rows = rows(batch, isTraining: false)
        let layout = rows.layout
        return try inference { pass in
            let x = pass.saved.matrix(rows.tokens.count, configuration.hiddenSize)
            let selected = pass.saved.matrix(rows.labelRows.count, configuration.hiddenSize)
            embedding.forward(rows.tokens, layout: layout, into: x, pass: pass)
            for block in blocks.dropLast() {
                block.infer(x, rows: nil, into: nil, layout: layout, cache: nil, pass: pass)
            }
            blocks[blocks.count - 1].infer(
                x, rows: rows.labelRows, into: selected, layout: layout, cache: nil, pass: pass)
            return try body(selected, pass)
        }
    }

    private func inference<Result>(_ mode: Pass.Mode = .inference, _ body: (Pass) throws -> Result) rethrows -> Result {
        let mark = saved.mark()
        defer { saved.release(to: mark) }
        return try body(inferencePass(mode))
    }
}
