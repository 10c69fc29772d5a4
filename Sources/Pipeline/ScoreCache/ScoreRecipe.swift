import Common
import Foundation
import ModelFiles
import Tensors

/// All that decides what a model scores and answers, but what it is asked. What is kept for one recipe is of no use for
/// another: a field that is forgotten here would publish another model's figures.
package struct ScoreRecipe: Codable, Equatable, Sendable {
    /// Goes up when the same model comes to be scored otherwise, or when something else is kept of it.
    package static let currentVersion = 1

    package var version = currentVersion
    package var lorad = LoradVersion.current
    /// Content hashes of the base and of its tokenizer.
    package var base = ""
    package var tokenizer = ""
    /// SHA-256 of a published adapter's weights and of its configuration; nil of the base alone.
    package var adapterWeights: String?
    package var adapterConfiguration: String?
    /// The labels of a classification, `[]` of a regression; nil where tokens are predicted.
    package var labels: [String]?
    /// What a fresh classification head is drawn from.
    package var headSeed: UInt64?
    /// What of the base's own tensors the job trains, which other kernels may compute with; nil where it is nothing.
    package var trained: [String]?
    /// What weights are stored and computed in.
    package var storage = ""
    package var compute = ""
    /// The kernels that compute.
    package var kernels = KernelVariant.chosen.name
    package var kernelsNumber = KernelVariant.number
    package var openBLAS = MachineInfo.openBLASConfiguration
    /// Of rows: tokens that are computed at once, which rounding depends on.
    package var tokensPerCall: Int?
    /// Of prompts: the most tokens of an answer, and those that end one.
    package var maximumNewTokens: Int?
    package var endTokens: [Int]?

    package init() {}

    /// Of all fields, in lower-case hexadecimal.
    package func hash() throws -> String { ContentHash.ofBytes(Data(try CompactJSON.encode(self).utf8)) }
}
