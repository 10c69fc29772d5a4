import Foundation
import Reports

/// What came of making a run again.
package struct Reproduction: Encodable, Sendable {
    package let runFolder: String
    /// Whether both adapters are the same bytes.
    package let reproduced: Bool
    /// SHA-256 of the published `adapter_model.safetensors`.
    package let published: String
    /// Of the one that was made again.
    package let madeAgain: String
    /// Tensors that differ, of how many; 0 where the files are the same.
    package let tensorsThatDiffer: Int
    package let tensors: Int
    /// The largest difference of two elements; nil where shapes or names differ, or nothing does.
    package let largestDifference: Double?
    /// What was not as it was then, a sentence each, whether or not it mattered.
    package let differences: [String]

    private enum CodingKeys: String, CodingKey {
        case reproduced, tensors, differences
        case runFolder = "run_dir"
        case published = "published_sha256"
        case madeAgain = "made_again_sha256"
        case tensorsThatDiffer = "tensors_that_differ"
        case largestDifference = "largest_difference"
    }

    /// What of the machinery differs between two runs, and may change bits.
    package static func differences(then: Provenance, now: Provenance) -> [String] {
        var found: [String] = []
        func compare(_ what: String, _ old: String?, _ new: String?) {
            guard old != new else { return }
            found.append("\(what) was \(old ?? "not recorded") and is \(new ?? "not there")")
        }
        let versions = Set(then.versions.keys).union(now.versions.keys).sorted()
        for name in versions { compare("the version of \(name)", then.versions[name], now.versions[name]) }
        let (old, new) = (then.machine, now.machine)
        compare("the variant of the kernels", old.instructions, new.instructions)
        if old.instructions == new.instructions {
            compare("its number", old.kernelsNumber.map(String.init), new.kernelsNumber.map(String.init))
        }
        compare("the processor", old.cpu, new.cpu)
        compare("the arithmetic", then.training.dtype, now.training.dtype)
        compare("the chat template", then.chatTemplate?.sha256, now.chatTemplate?.sha256)
        let templates = [then, now].map { $0.datasets.map { $0.chatTemplate?.sha256 } }
        if templates[0] != templates[1] { found.append("a file's own chat template is another one") }
        return found
    }
}
