/// The chat templates that a run's rows were written with: the run's own, and those of sources that have another.
///
/// It is decoded from a `provenance.json`, of which it reads nothing else: one of an earlier lorad lacks fields.
package struct TrainedTemplates: Decodable, Sendable, Equatable {
    /// SHA-256 of each, the run's own first; empty where no row was a conversation.
    package let sha256: [String]

    init(own: ChatTemplateProvenance?, sources: [ChatTemplateProvenance?]) {
        sha256 = ([own] + sources).compactMap { $0?.sha256 }
    }

    /// - Throws: as decoding a provenance's templates.
    package init(from decoder: any Decoder) throws {
        struct Template: Decodable { let sha256: String }
        struct Source: Decodable {
            let template: Template?

            enum CodingKeys: String, CodingKey { case template = "chat_template" }
        }
        struct Recorded: Decodable {
            let template: Template?
            let sources: [Source]

            enum CodingKeys: String, CodingKey {
                case template = "chat_template"
                case sources = "datasets"
            }
        }
        let recorded = try Recorded(from: decoder)
        sha256 = ([recorded.template] + recorded.sources.map(\.template)).compactMap { $0?.sha256 }
    }
}

extension Provenance {
    /// The chat templates that the run's rows were written with.
    package var trainedTemplates: TrainedTemplates {
        TrainedTemplates(own: chatTemplate, sources: datasets.map(\.chatTemplate))
    }
}
