import Digests
import Foundation
import Pipeline

/// A file of scores that an earlier job left, as far as the sum of its bytes, which is added here: what made it may have been
/// led astray, and sums up whatever it wrote.
package struct ScoresCacheTarget: FuzzTarget {
    package static let name = "scores-cache"

    package init() {}

    package func check(_ bytes: [UInt8]) throws {
        let sum = Hexadecimal.bytes(SHA256.hexadecimal(of: Data(bytes))) ?? []
        guard let file = try accepted({ try ScoreFile.decode(bytes + sum, "scores") }) else { return }
        guard let written = ScoreFile.encode(file.scores, file.key) else {
            throw FuzzViolation(message: "what was read cannot be written")
        }
        let again = try ScoreFile.decode(written, "scores")
        try require(again.key == file.key && again.scores == file.scores, "read otherwise the second time")
        try require(file.scores.count <= bytes.count, "more records than bytes")
    }
}
