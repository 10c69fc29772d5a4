import Common
import ForeignText
import Ledger
import Manifests

extension Registry {
    /// Tags a version, anew where the key has another value.
    ///
    /// - Parameter tags: each `KEY` or `KEY=VALUE`.
    /// - Throws: as `version`; `RegistryError.malformed` for what is no tag, `.refused` for more than a version may have.
    @discardableResult
    package func addTags(_ reference: VersionReference, _ tags: [String], by: String) throws -> AdapterVersion {
        let read = try tags.map(VersionTag.parse)
        let version = try version(reference)
        let standing = try known(version.name).tags(of: version)
        guard Set(standing.map(\.key) + read.map(\.key)).count <= VersionTag.most else {
            throw RegistryError(
                .refused, "\(version.reference) would have more than \(VersionTag.most) tags.",
                advice: "Take some away with --remove.")
        }
        let new = read.filter { tag in !standing.contains { $0.key == tag.key && $0.value == tag.value } }
        return try remark(new.map { NewRemark(.tag, key: $0.key, text: $0.value) }, on: version, by: by)
    }

    /// Takes tags away.
    ///
    /// - Throws: as `version`; `RegistryError.missing` for a tag that there is not, with the closest.
    @discardableResult
    package func untag(_ reference: VersionReference, _ keys: [String], by: String) throws -> AdapterVersion {
        let version = try version(reference)
        let standing = try known(version.name).tags(of: version).map(\.key)
        if let unknown = keys.first(where: { !standing.contains($0) }) {
            throw RegistryError(
                .missing, "\(version.reference) has no tag \(ForeignText.quoted(unknown, limit: 80)).",
                cause: standing.isEmpty ? "It has none at all." : "It has \(standing.joined(separator: ", ")).",
                advice: Suggestion.closest(to: unknown, among: standing).map { "Did you mean \($0)?" })
        }
        return try remark(keys.map { NewRemark(.untag, key: $0) }, on: version, by: by)
    }

    /// Writes a note on a version.
    ///
    /// - Throws: as `version`; `RegistryError.malformed` where it is empty or a book.
    @discardableResult
    package func addNote(_ reference: VersionReference, _ text: String, by: String) throws -> AdapterVersion {
        try Self.requireShort(text, what: "note")
        return try remark([NewRemark(.note, text: text)], on: try version(reference), by: by)
    }

    /// Says that an imported version has passed parity on its base. Nothing happens to one of which that is known.
    ///
    /// - Throws: as `follow`.
    @discardableResult
    package func recordProof(of version: AdapterVersion, by: String) throws -> Bool {
        let isNew = try ledger.recordProof(of: version, by: by)
        if isNew { try follow(version.name) }
        return isNew
    }

    /// Every remark on a name's versions, the latest first.
    package func remarks(of name: String) throws -> [VersionRemark] { try ledger.remarks(of: name).reversed() }

    private func remark(_ remarks: [NewRemark], on version: AdapterVersion, by: String) throws -> AdapterVersion {
        guard !remarks.isEmpty else { return version }
        try ledger.remark(remarks, on: version, by: by)
        try follow(version.name)
        return version
    }
}
