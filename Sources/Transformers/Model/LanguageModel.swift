import ModelFiles
import Tensors

/// A model of text with frozen weights and a slot for an adapter at each linear projection: blocks over an embedding,
/// and a head that predicts the next token, or classifies whole sequences.
///
/// Its methods are called from one thread at a time; each uses all of `Threads.count`.
package final class LanguageModel {
    package let configuration: ModelConfiguration
    /// Storage dtype of the frozen weights; products are in its `compute`.
    package let dtype: DType
    /// Every linear projection, by layer, under its checkpoint name.
    package let slots: [ProjectionSlot]
    /// Every linear projection, and behind them the embedding of the tokens.
    package var moduleSlots: [any ModuleSlot] { slots + [embedding.tableSlot] }
    /// Whether training steps keep less: of each block its input and what attention read and made, the rest computed
    /// again in the backward pass, and no second copy of a packed weight
    /// (https://arxiv.org/abs/1604.06174): the same bits, less memory, about a fifth more time.
    package var activationCheckpointing = false
    /// Whether sequences of a batch that begin alike may share the rows of their beginning; see `PackedRows`.
    package var sharesPrefixes = true
    let embedding: any InputEmbedding
    let blocks: [any TransformerBlock]
    let head: any OutputHead
    /// Sequences of more tokens rotate all of their positions otherwise, so that a cache which grows past it is filled
    /// anew; see `RotaryPositions`.
    let cacheLimit: Int?
    let saved: Arena
    let scratch: Arena
    /// Of the embedding, and of each block, its tensors as they can be trained.
    let embeddingParameters: [ParameterSlot]
    private(set) var blockParameters: [[ParameterSlot]]
    /// The blocks, with what they remember from a training step's forward to its backward pass.
    let trainedBlocks: [any TrainedBlock]
    /// Plans the rows of training's batches.
    var planner = PackedRowsPlanner()
    /// Training's batch behind the rows of the prompt slot.
    var prompted = PackedBatch()

    /// Composes a model; `load` is how to get one from disk.
    package init(
        configuration: ModelConfiguration, dtype: DType, embedding: any InputEmbedding,
        blocks: [any TransformerBlock], head: any OutputHead, cacheLimit: Int? = nil
    ) {
        self.configuration = configuration
        self.dtype = dtype
        self.embedding = embedding
        self.blocks = blocks
        self.head = head
        self.cacheLimit = cacheLimit
        trainedBlocks = blocks.map { $0.inTraining() }
        (embeddingParameters, blockParameters) = (embedding.parameterSlots, blocks.map(\.parameterSlots))
        slots = embedding.slots + blocks.flatMap { $0.slots } + head.slots
        saved = Arena(reservingBytes: MachineInfo.physicalMemoryBytes)
        scratch = Arena(reservingBytes: MachineInfo.physicalMemoryBytes)
    }

    /// Before the embeddings of every sequence's tokens; nil where nothing can stand there.
    package var promptSlot: RowSlot? { embedding.tokenTable?.promptSlot }

    /// Before the keys and values of every sequence, layer by layer; empty where nothing can stand there.
    package var prefixSlots: [RowSlot] {
        let slots = blocks.compactMap(\.prefixSlot)
        return slots.count == blocks.count ? slots : []
    }

    /// Every tensor of the base that can be trained, each once: of a model in bfloat16 none of the matrices. Before
    /// `unfreeze` some are missing of which the model keeps only what it made of them.
    package var parameterSlots: [ParameterSlot] {
        (embeddingParameters + blockParameters.flatMap(\.self) + head.parameterSlots).withoutRepetition
    }

    /// The embedding's table where the vocabulary head reads it too.
    package var tiedTable: ParameterSlot? {
        guard let own = (head as? VocabularyHead)?.slot else { return nil }
        return embeddingParameters.first { $0 === own }
    }

    /// Takes back the tensors of which the model keeps only what it made of them, so that all can be trained.
    ///
    /// - Throws: as reading them.
    package func unfreeze() throws {
        for block in blocks { try block.unfreeze() }
        blockParameters = blocks.map(\.parameterSlots)
    }

    /// What each sublayer adds to the residual, layer by layer.
    package var sublayerSlots: [SublayerSlot] { blocks.flatMap(\.sublayerSlots) }

    /// The embeddings of some tokens `[n, d]`; nil where an adapter's own rows cannot stand among them.
    package func embeddings(of tokens: [Int]) throws -> Matrix? {
        guard let table = embedding.tokenTable else { return nil }
        let ids = tokens.map { Int32(clamping: $0) }
        try check(ids: ids)
        let rows = Matrix(rows: ids.count, columns: table.promptSlot.width)
        table.look(up: ids, into: rows)
        return rows
    }

    /// Rows that an adapter puts before the tokens, and before the keys and values, of every sequence.
    var promptRows: Int { promptSlot?.rows?.count ?? 0 }
    var prefixRows: Int { blocks.first?.prefixSlot?.rows?.count ?? 0 }

    /// The most tokens that a sequence may have behind them.
    package var maximumLength: Int { configuration.maxPositions - promptRows - prefixRows }

    /// Most bytes that a training step over so many labelled rows holds of logits.
    package func headBytes(rows: Int) -> Int { head.trainingBytes(rows: rows) }

    /// The head that classifies sequences; nil where the model predicts tokens.
    package var classifier: ClassificationHead? { head as? ClassificationHead }

    /// Most bytes that activations have taken so far.
    package var peakActivationBytes: Int { saved.peakBytes + scratch.peakBytes }

    /// Whether common beginnings are computed once: where no row depends on what comes after it, nor on the length of
    /// its sequence.
    package var computesPrefixesOnce: Bool { sharesPrefixes && cacheLimit == nil && blocks.allSatisfy(\.isCausal) }

    /// The rows to compute for a batch. Training shares none where an adapter drops elements: its masks belong to a
    /// sequence's own rows.
    package func rows(_ batch: PackedBatch, isTraining: Bool) -> PackedRows {
        var (planner, prompted) = (PackedRowsPlanner(), PackedBatch())
        return planner.rows(
            of: behindPrompt(batch, &prompted), sharingPrefixes: sharesRows(of: batch, isTraining: isTraining),
            prefixRows: prefixRows)
    }

    /// The batch behind the rows of the prompt slot, in the memory of `prompted`; itself where there are none.
    func behindPrompt(_ batch: PackedBatch, _ prompted: inout PackedBatch) -> PackedBatch {
        guard promptRows > 0, let ids = embedding.tokenTable?.promptIDs else { return batch }
        prompted.assign(batch, behind: ids)
        return prompted
    }

    func sharesRows(of batch: PackedBatch, isTraining: Bool) -> Bool {
        let drops = isTraining && slots.contains { $0.adapter?.hasDropout == true }
        return computesPrefixesOnce && batch.tokenTypes == nil && !drops
    }

    /// Checks that every sequence fits the model and every id its vocabulary.
    func check(_ batch: PackedBatch) throws {
        try checkLength(batch.longestSequence)
        try check(ids: batch.tokens)
        if let count = embedding.tokenTypeCount,
            let wrong = batch.tokenTypes?.first(where: { $0 < 0 || $0 >= count })
        {
            throw TransformersError(
                .mismatch, "Token type \(wrong) lies outside the base's \(count).",
                cause: "The tokenizer and the weights do not belong together.")
        }
        guard let wrong = batch.labelTargets.first(where: { $0 < 0 || $0 >= head.outputs }) else { return }
        if classifier == nil { return try check(ids: batch.labelTargets) }
        throw TransformersError(.mismatch, "Class \(wrong) lies outside the head's \(head.outputs).")
    }

    func checkLength(_ count: Int) throws {
        guard count <= maximumLength else {
            let own = promptRows + prefixRows
            throw TransformersError(
                .tooLong,
                "A sequence of \(count) tokens does not fit the base's \(configuration.maxPositions)"
                    + (own == 0 ? "." : ", of which the adapter's virtual tokens take \(own)."),
                advice: "Shorten the text, or lower training.max_length.")
        }
    }

    func check(ids: [Int32]) throws {
        guard let wrong = ids.first(where: { $0 < 0 || $0 >= configuration.vocabularySize }) else { return }
        throw TransformersError(
            .mismatch, "Token id \(wrong) lies outside the base's vocabulary of \(configuration.vocabularySize).",
            cause: "The tokenizer and the weights do not belong together.")
    }

    func inferencePass(_ mode: Pass.Mode = .inference) -> Pass { Pass(mode: mode, saved: saved, scratch: scratch) }
}
