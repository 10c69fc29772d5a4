import Common
import Foundation
import Ledger
import Publication

/// What a version came from, as its folder says: of a run `provenance.json`, which may be a hundredth of its report, and of
/// an import `import.json`.
package struct RunOrigin: Sendable, Equatable {
    /// Where its base lay, as it was named, and from the root.
    package let basePaths: [String]
    /// SHA-256 of the weights that it went on from; nil where it began fresh.
    package let parentSHA256: String?
    /// Nil where lorad trained it.
    package let importation: ImportRecord?

    /// That of a version's folder; nil where it cannot be read.
    init?(folder: String) {
        if let record = ImportRecord.read(folder) {
            (basePaths, parentSHA256, importation) = ([record.base.path], nil, record)
            return
        }
        struct Provenance: Decodable {
            struct Parent: Decodable { let sha256: String }
            struct Base: Decodable {
                let path: String
                let location: String?
            }
            let base: Base
            let parent: Parent?
        }
        guard let provenance: Provenance = PublishedProvenance.read(folder) else { return nil }
        basePaths = [provenance.base.path, provenance.base.location].compactMap(\.self)
        parentSHA256 = provenance.parent?.sha256
        importation = nil
    }
}
