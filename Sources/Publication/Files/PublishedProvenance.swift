import Common
import Foundation

/// `provenance.json` of a published run, which may be a hundredth of its report: whoever asks names the part that is wanted.
package enum PublishedProvenance {
    package static let fileName = "provenance.json"
    /// Bytes of one that is read.
    private static let largestSize = 16 << 20

    /// A part of a run's; nil where there is none, or it cannot be read.
    package static func read<Part: Decodable>(_ folder: String) -> Part? {
        BoundedFile.read("\(folder)/\(fileName)", limit: largestSize)
            .flatMap { try? JSONDecoder().decode(Part.self, from: $0) }
    }
}
