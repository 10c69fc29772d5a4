import Ledger
import Publication

extension Registry {
    /// How many other versions are looked at for one to name.
    private static let mostNamed = 3

    /// What is wrong with a version's files; nil where they are those that were published.
    func damage(of version: AdapterVersion) -> String? {
        if let fault = unlisted(version) { return fault }
        guard let outcome = try? VerifyPublication.check(folder(of: version)) else { return "it cannot be read" }
        return outcome.findings.first.map { finding in
            let more = outcome.findings.count - 1
            return "\(finding.path) is \(finding.kind.rawValue)" + (more > 0 ? ", and \(more) more" : "")
        }
    }

    /// Whether folder and list of checksums are those that the version was registered with.
    private func unlisted(_ version: AdapterVersion) -> String? {
        guard isThere(version) else { return "its folder \(folder(of: version)) is not there" }
        return PublishedFiles.digest(of: folder(of: version)) == version.digest
            ? nil : "its SHA256SUMS is not the one that was published"
    }

    /// - Throws: `RegistryError.refused` where the folder is gone or its list of checksums is another one.
    func requireListed(_ version: AdapterVersion) throws {
        if let fault = unlisted(version) { throw refusal(of: version, fault, advice: nil) }
    }

    /// Compares every file of a version with what was published.
    ///
    /// - Throws: `RegistryError.refused` naming what is wrong, and versions that are whole.
    func requireIntact(_ version: AdapterVersion, of entry: RegistryEntry) throws {
        guard let fault = damage(of: version) else { return }
        let others = entry.versions.reversed().lazy
            .filter { $0 != version && $0.retirement == nil && damage(of: $0) == nil }
        let named = others.prefix(Self.mostNamed).map(\.reference)
        throw refusal(
            of: version, fault,
            advice: named.isEmpty
                ? "No other version is whole; `base` is always there." : "Whole are \(named.joined(separator: ", ")).")
    }

    private func refusal(of version: AdapterVersion, _ fault: String, advice: String?) -> RegistryError {
        RegistryError(
            .refused, "\(version.reference) is not as it was published: \(fault).",
            advice: advice ?? "`lorad verify \(folder(of: version))` says more.")
    }
}
