import Foundation

/// `provenance.intoto.json`: where a run came from, as an in-toto statement (https://in-toto.io/Statement/v1) with the
/// predicate of SLSA (https://slsa.dev/provenance/v1): the manifest is its parameters; base, tokenizer, templates, tools,
/// data, parent and the program are its dependencies; what it is about are the adapter's files.
package struct ProvenanceStatement: Encodable {
    private struct Parameters: Encodable {
        /// manifest.yaml as run.
        let manifest: String
    }

    private struct Definition: Encodable {
        let buildType = "urn:lorad:job:v1"
        let externalParameters: Parameters
        let resolvedDependencies: [ProvenanceDocument.Resource]
    }

    private struct Builder: Encodable {
        let id = "urn:lorad:worker"
        /// Versions of what computed it.
        let version: [String: String]
    }

    private struct Metadata: Encodable {
        /// `NAME/RUN`.
        let invocationId: String
        let startedOn: Date
        let finishedOn: Date
    }

    private struct Details: Encodable {
        let builder: Builder
        let metadata: Metadata
    }

    private struct Predicate: Encodable {
        let buildDefinition: Definition
        let runDetails: Details
    }

    private let subject: [ProvenanceDocument.Resource]
    private let predicate: Predicate

    private enum CodingKeys: String, CodingKey {
        case subject, predicate, predicateType
        case type = "_type"
    }

    /// - Parameters:
    ///   - manifest: as run.
    ///   - subject: the adapter's files by their paths in the run's folder, with their SHA-256.
    package init(_ provenance: Provenance, manifest: String, subject: [(path: String, sha256: String)]) {
        self.subject = subject.map { ProvenanceDocument.Resource($0.path, sha256: $0.sha256) }
        predicate = Predicate(
            buildDefinition: Definition(
                externalParameters: Parameters(manifest: manifest),
                resolvedDependencies: ProvenanceDocument(provenance, subject: nil).resolvedDependencies),
            runDetails: Details(
                builder: Builder(version: provenance.versions),
                metadata: Metadata(
                    invocationId: "\(provenance.name)/\(provenance.run)", startedOn: provenance.startedAt,
                    finishedOn: provenance.finishedAt)))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode("https://in-toto.io/Statement/v1", forKey: .type)
        try container.encode(subject, forKey: .subject)
        try container.encode("https://slsa.dev/provenance/v1", forKey: .predicateType)
        try container.encode(predicate, forKey: .predicate)
    }

    /// The file's bytes.
    package func encoded() throws -> Data { ReportCoding.terminated(try ReportCoding.encoder().encode(self)) }

    /// The files that a statement is about, with their digests; nil for what is no such statement.
    package static func subjects(in data: Data) -> [String: String]? {
        struct Resource: Decodable {
            let name: String
            let digest: [String: String]
        }
        struct Statement: Decodable { let subject: [Resource] }
        guard let statement = try? JSONDecoder().decode(Statement.self, from: data) else { return nil }
        let named = statement.subject.compactMap { resource in resource.digest["sha256"].map { (resource.name, $0) } }
        guard named.count == statement.subject.count else { return nil }
        return Dictionary(named, uniquingKeysWith: { first, _ in first })
    }
}
