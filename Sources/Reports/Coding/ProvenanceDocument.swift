import Foundation

/// `provenance.json`: the run's provenance, and beside it, in the words of SLSA v1 and in-toto, what went in
/// (`resolvedDependencies`) and what came out (`subject`), each with its digest.
package struct ProvenanceDocument: Encodable {
    /// An in-toto resource descriptor.
    package struct Resource: Encodable, Equatable {
        let name: String
        let digest: [String: String]

        init(_ name: String, sha256: String) {
            self.name = name
            digest = ["sha256": sha256]
        }
    }

    let provenance: Provenance
    let subject: [Resource]

    /// - Parameter subject: the file that others load, by its path in the run's folder, with its SHA-256; nil where the
    ///   run publishes none.
    package init(_ provenance: Provenance, subject: (path: String, sha256: String)?) {
        self.provenance = provenance
        self.subject = subject.map { [Resource($0.path, sha256: $0.sha256)] } ?? []
    }

    var resolvedDependencies: [Resource] {
        let base = provenance.base
        let datasets = provenance.datasets.map { Resource("\($0.role.rawValue): \($0.path)", sha256: $0.sha256) }
        let templates = ([provenance.chatTemplate] + provenance.datasets.map(\.chatTemplate)).compactMap(\.self).map {
            Resource("chat template: \($0.source ?? base.path)", sha256: $0.sha256)
        }
        let program = provenance.binarySHA256.map {
            Resource("lorad \(provenance.versions["lorad"] ?? "")", sha256: $0)
        }
        let adapters = [provenance.parent.map { Resource("parent: \($0.path)", sha256: $0.sha256) }, program]
        return [
            Resource("base: \(base.path)", sha256: base.sha256),
            Resource("tokenizer: \(base.path)", sha256: base.tokenizerSHA256),
        ] + adapters.compactMap(\.self) + templates
            + (provenance.tools.map { [Resource("tools: \($0.path)", sha256: $0.sha256)] } ?? []) + datasets
    }

    private enum CodingKeys: String, CodingKey {
        case subject, resolvedDependencies
    }

    package func encode(to encoder: any Encoder) throws {
        try provenance.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(subject, forKey: .subject)
        try container.encode(resolvedDependencies, forKey: .resolvedDependencies)
    }

    /// The file's bytes; a figure that is not finite is `null`.
    package func encoded() throws -> Data {
        let marks = NotFiniteMarks()
        return ReportCoding.terminated(marks.replacedByNull(try ReportCoding.encoder(marks).encode(self)))
    }
}
