import Common
import ForeignText
import Manifests

extension VersionReference {
    /// - Throws: `RegistryError.malformed` saying what was found and what a reference looks like.
    package init(_ text: String) throws {
        guard let reference = VersionReference(reading: text) else {
            throw RegistryError(
                .malformed, "\(ForeignText.quoted(text, limit: 120)) is no reference to a version.",
                advice: "Write \(Self.shape).")
        }
        self = reference
    }
}
