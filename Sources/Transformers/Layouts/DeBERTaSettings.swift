import ModelFiles
import Tensors

/// What config.json says of a DeBERTa's embeddings and attention, the same keys in all its versions.
struct DeBERTaSettings {
    /// Width of the embedding tables; projected to the hidden size where it is another.
    let embeddingSize: Int
    /// Whether absolute positions are added to the embeddings.
    let hasAbsolutePositions: Bool
    /// Rows of the token type table, 0 without one.
    let types: Int
    /// Nil where attention knows no positions.
    let table: RelativePositions?
    /// Whether queries read positions.
    let contentToPosition: Bool
    /// Whether keys read positions.
    let positionToContent: Bool
    /// Terms in the scale 1/√(D·terms).
    let scaleTerms: Int

    /// - Parameters:
    ///   - buckets: logarithmic buckets of distances; none where not positive.
    ///   - countsNames: whether the scale counts every name in `pos_att_type` (v1), or only the terms computed (v2).
    /// - Throws: `ModelFilesError.malformed` or `.unsupported` naming the key.
    init(_ configuration: ModelConfiguration, buckets: Int, countsNames: Bool) throws {
        let fields = configuration.fields
        embeddingSize = try fields.int("embedding_size", default: configuration.hiddenSize)
        hasAbsolutePositions = try fields.bool("position_biased_input", default: true)
        types = try fields.int("type_vocab_size", default: 0)
        let names = try Self.terms(fields)
        contentToPosition = names.contains("c2p")
        positionToContent = names.contains("p2c")
        let computed = (contentToPosition ? 1 : 0) + (positionToContent ? 1 : 0)
        scaleTerms = 1 + (countsNames ? names.count : computed)
        table =
            try fields.bool("relative_attention", default: false)
            ? try Self.table(configuration, buckets: buckets) : nil
        try Self.checkWidths(configuration, embeddingSize: embeddingSize, types: types)
    }

    /// `pos_att_type`: a list, or names with `|` between them. transformers counts `p2p` in v1's scale and computes
    /// nothing for it.
    private static func terms(_ fields: ConfigurationFields) throws -> [String] {
        let key = "pos_att_type"
        guard let value = fields.value(key) else { return [] }
        let names =
            value.stringValue.map { $0.lowercased().split(separator: "|").map { trimmed(String($0)) } }
            ?? value.arrayValue?.compactMap(\.stringValue)
        guard let names else {
            throw ModelFilesError(.malformed, "\(fields.path): \(key) is \(value.kind), not names such as \"c2p|p2c\".")
        }
        let known = ["c2p", "p2c", "p2p"]
        if let unknown = names.first(where: { !known.contains($0) && !$0.isEmpty && $0 != "none" }) {
            throw ModelFilesError(
                .unsupported, "\(fields.path): \(key) names '\(unknown)'.",
                advice: "lorad computes c2p and p2c; p2p, as in transformers, only widens the scale of v1.")
        }
        return names.filter { known.contains($0) }
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    private static func table(_ configuration: ModelConfiguration, buckets: Int) throws -> RelativePositions {
        let fields = configuration.fields
        let given = try fields.int("max_relative_positions", default: -1)
        let maxDistance = given < 1 ? configuration.maxPositions : given
        let largest = 1 << 20
        guard maxDistance <= largest, configuration.maxPositions <= largest else {
            throw ModelFilesError(
                .malformed, "\(fields.path): more than \(largest) positions do not fit a table of relative ones.")
        }
        guard buckets > 0 else { return RelativePositions(span: maxDistance, length: configuration.maxPositions) }
        guard buckets > 1, maxDistance - 1 > buckets / 2 else {
            throw ModelFilesError(
                .malformed,
                "\(fields.path): position_buckets is \(buckets) for \(maxDistance) relative positions; the inner half "
                    + "of the buckets must hold fewer than all of them.")
        }
        return RelativePositions(buckets: buckets, maxDistance: maxDistance, length: configuration.maxPositions)
    }

    private static func checkWidths(_ configuration: ModelConfiguration, embeddingSize: Int, types: Int) throws {
        let fields = configuration.fields
        let (hidden, heads) = (configuration.hiddenSize, configuration.heads)
        let largest = ModelConfiguration.largestSize
        guard (1...largest).contains(embeddingSize), (0...largest).contains(types) else {
            throw ModelFilesError(
                .malformed, "\(fields.path): embedding_size \(embeddingSize) or type_vocab_size \(types) is impossible."
            )
        }
        for (key, expected) in [("attention_head_size", hidden / heads), ("pooler_hidden_size", hidden)]
        where try fields.int(key, default: expected) != expected {
            throw ModelFilesError(
                .unsupported, "\(fields.path): \(key) is not \(expected), which follows from hidden_size.")
        }
        guard hidden % heads == 0 else {
            throw ModelFilesError(
                .malformed, "\(fields.path): hidden_size \(hidden) is no multiple of the \(heads) attention heads.")
        }
    }
}
