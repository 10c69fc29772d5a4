import Digests
import Foundation
import Training

/// Texts that an earlier job remembered, as far as the sum of the file's bytes, which is added here, as in
/// `TokenizedRowsTarget`.
package struct RememberedTextsTarget: FuzzTarget {
    package static let name = "remembered-texts"

    private let scratch: ScratchFolder

    package init() throws { scratch = try ScratchFolder() }

    package func check(_ bytes: [UInt8]) throws {
        let sum = Hexadecimal.bytes(SHA256.hexadecimal(of: Data(bytes))) ?? []
        let path = try scratch.write(bytes + sum, as: "texts")
        let read = try accepted { try RememberedTextsFile.read(path, recipe: "r", sha256: "s") }
        guard let texts = read ?? nil else { return }
        let again = path + ".again"
        try RememberedTextsFile.write(texts, recipe: "r", sha256: "s", to: again)
        try require(
            RememberedTextsFile.read(again, recipe: "r", sha256: "s") == texts, "texts are others when read again")
    }
}
