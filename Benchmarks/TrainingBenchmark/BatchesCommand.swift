import ArgumentParser
import ModelFiles

/// Writes the steps' rows as token ids, so that another trainer takes the same rows in the same order.
struct Batches: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The steps' token ids and labels, as JSON.")

    @OptionGroup var base: BaseOptions
    @OptionGroup var workload: WorkloadOptions

    @Option(help: "Steps to write.")
    var steps = 12

    func run() throws {
        let source = try base.source()
        let rows = try workload.workload(
            source as? BaseModelFiles, vocabulary: source.configuration.vocabularySize)
        let shape = source.configuration
        try JSONOutput.print(
            BatchesReport(
                shape: BatchesReport.Shape(
                    hiddenSize: shape.hiddenSize, intermediateSize: shape.intermediateSize, layers: shape.layers,
                    heads: shape.heads, keyValueHeads: shape.keyValueHeads, headDim: shape.headDim,
                    vocabularySize: shape.vocabularySize, maxPositions: shape.maxPositions,
                    ropeTheta: shape.ropeTheta, normEpsilon: shape.normEpsilon,
                    tieWordEmbeddings: shape.tieWordEmbeddings),
                steps: (0..<steps).map { step in
                    rows.rows(step: step).map { BatchesReport.Row(tokens: $0.tokens, labels: $0.labelPositions) }
                }))
    }
}

/// What `batches` prints.
struct BatchesReport: Encodable {
    /// The base's shape, for a random one of the same.
    struct Shape: Encodable {
        let hiddenSize: Int
        let intermediateSize: Int
        let layers: Int
        let heads: Int
        let keyValueHeads: Int
        let headDim: Int
        let vocabularySize: Int
        let maxPositions: Int
        let ropeTheta: Float
        let normEpsilon: Float
        let tieWordEmbeddings: Bool
    }

    /// One row: position p is among `labels` where the token at p + 1 is trained.
    struct Row: Encodable {
        let tokens: [Int]
        let labels: [Int]
    }

    let shape: Shape
    let steps: [[Row]]
}
