import ModelFiles
import Tensors
import Transformers

/// A Llama of random weights that live nowhere but in memory, for sizes that no file is at hand of. Speed does not
/// depend on the values, as long as they are finite and not denormal.
package struct RandomBase: WeightSource {
    package let configuration: ModelConfiguration

    /// Names of the shapes, as a command line writes them after `random:`.
    package static let names = ["135m", "360m", "1b"]

    /// SmolLM2-135M's shape, SmolLM2-360M's, or Llama-3.2-1B's with SmolLM2's vocabulary; nil for another name.
    package init?(named name: String) throws {
        switch name {
        case "135m":
            configuration = try Self.llama(hidden: 576, intermediate: 1536, layers: 30, heads: 9, groups: 3)
        case "360m":
            configuration = try Self.llama(hidden: 960, intermediate: 2560, layers: 32, heads: 15, groups: 5)
        case "1b":
            configuration = try Self.llama(hidden: 2048, intermediate: 8192, layers: 16, heads: 32, groups: 8)
        default: return nil
        }
    }

    package func shape(of name: String) -> [Int]? { nil }

    package func verifyComplete(expected: [String: [Int]], ignoring isIgnored: (String) -> Bool) {}

    /// The same values for a name in every run: norms are ones, the rest uniform with a deviation of 0.02.
    package func read(_ name: String, into matrix: Matrix) {
        guard !name.hasSuffix("norm.weight") else { return matrix.fill(1) }
        // FNV-1a of the name, then xorshift64: a billion values must cost seconds, not minutes.
        var state = name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 } | 1
        let factor = 0.02 * Float(3).squareRoot() * 0x1p-31
        for row in 0..<matrix.rows {
            matrix.withRow(row) { values in
                for column in values.indices {
                    state ^= state << 13
                    state ^= state >> 7
                    state ^= state << 17
                    values[column] = Float(Int32(truncatingIfNeeded: state >> 32)) * factor
                }
            }
        }
    }

    private static func llama(hidden: Int, intermediate: Int, layers: Int, heads: Int, groups: Int) throws
        -> ModelConfiguration
    {
        try ModelConfiguration(
            family: ModelFamilies.named("llama").files, hiddenSize: hidden, intermediateSize: intermediate,
            layers: layers, heads: heads,
            keyValueHeads: groups, headDim: 64, vocabularySize: 49152, maxPositions: 8192, ropeTheta: 100_000,
            normEpsilon: 1e-5, tieWordEmbeddings: true, bosTokenID: 1, eosTokenIDs: [2])
    }
}
