import ArgumentParser
import BenchmarkSupport
import Datasets
import ModelFiles
import Tensors
import Tokenizers
import Training
import Transformers

/// What is trained on: rows of a file, or sequences of random tokens with every token labelled.
struct WorkloadOptions: ParsableArguments {
    @Option(help: "A JSON Lines file of rows, as a job reads it.")
    var rows: String?

    @Option(help: "N×L (or NxL): N sequences of L random tokens a step, every one labelled.")
    var packed: String?

    @Option(help: "Rows a step, with --rows.")
    var batch = 16

    @Option(help: "Most tokens of a row, with --rows.")
    var maxLength = 512

    @Flag(help: "Compute each sequence by itself, what it has in common with others too.")
    var apart = false

    @Option(help: "A base whose tokenizer reads the rows; the measured base itself unless given.")
    var tokenizer: String?

    @Option(help: "Order of the rows, random tokens, and initial adapter.")
    var seed: UInt64 = 42

    /// The tokenized workload.
    func workload(_ files: BaseModelFiles?, vocabulary: Int) throws -> Workload {
        switch (rows, packed) {
        case (let rows?, nil): return try fileWorkload(rows, files)
        case (nil, let packed?): return try packedWorkload(packed, vocabulary: vocabulary)
        default: throw ValidationError("One of --rows and --packed is needed.")
        }
    }

    private func fileWorkload(_ path: String, _ files: BaseModelFiles?) throws -> Workload {
        guard let files = try tokenizer.map({ try BaseModelFiles(path: $0) }) ?? files else {
            throw ValidationError("Random weights have no tokenizer: name a base with --tokenizer, or use --packed.")
        }
        let loaded = try TokenizerLoader.load(files)
        let builder = ExampleBuilder(
            tokenizer: loaded, template: try? ChatTemplate.load(files, tokenizer: loaded), maximumLength: maxLength)
        let examples = try builder.build(try TrainingRowReader.read(path, format: nil).rows).examples
        return Workload(name: path, examples: examples, batchSize: batch, seed: seed)
    }

    private func packedWorkload(_ text: String, vocabulary: Int) throws -> Workload {
        let sizes = text.split(whereSeparator: { "x×".contains($0) }).compactMap { Int($0) }
        guard sizes.count == 2, sizes[0] > 0, sizes[1] > 1 else {
            throw ValidationError("--packed is N×L, such as 4×512, with two tokens or more; '\(text)' is not.")
        }
        let random = Philox(seed: seed, streamNumber: 7)
        let distinctSteps = 8
        let examples = (0..<(sizes[0] * distinctSteps)).map { row in
            let tokens = (0..<sizes[1]).map { position in
                Int(random.uniform(step: UInt64(row), position: UInt64(position)) * Float(vocabulary))
            }
            return TokenizedExample(tokens: tokens, labelPositions: Array(0..<(sizes[1] - 1)))
        }
        return Workload(name: "\(sizes[0])×\(sizes[1])", examples: examples, batchSize: sizes[0], seed: seed)
    }
}

/// Tokenized rows and the order in which steps take them.
struct Workload {
    let name: String
    let examples: [TokenizedExample]
    let batchSize: Int
    let seed: UInt64
    private let order: BatchOrder

    init(name: String, examples: [TokenizedExample], batchSize: Int, seed: UInt64) {
        self.name = name
        self.examples = examples
        self.batchSize = batchSize
        self.seed = seed
        // The same order as Trainer's, so that a step's rows are known outside of it.
        order = BatchOrder(count: examples.count, batchSize: batchSize, seed: seed)
    }

    /// Rows of a step, counted from 0.
    func rows(step: Int) -> [TokenizedExample] { order.rows(step: step).map { examples[$0] } }

    /// The sequences of a training step as `model` computes them: nothing after a row's last label.
    func sizes(step: Int, microBatchTokens: Int, model: LanguageModel) -> [SequenceSize] {
        MicroBatches.pack(rows(step: step), maximumTokens: microBatchTokens).flatMap { batch in
            model.rows(batch, isTraining: true).sizes
        }
    }
}

extension PackedRows {
    /// Each sequence's size.
    var sizes: [SequenceSize] {
        layout.spans.map { span in
            let own = span.queryStart..<(span.queryStart + span.queryCount)
            return SequenceSize(
                tokens: span.keyCount, labels: labelRows.count { own.contains(Int($0)) },
                shared: span.keyCount - span.queryCount)
        }
    }
}
