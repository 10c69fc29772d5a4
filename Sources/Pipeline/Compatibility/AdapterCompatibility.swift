import Adapters
import Common
import Foundation
import ModelFiles
import Publication
import Reports
import Transformers

/// What an adapter is to be laid on.
package struct AdapterPlace: Sendable, Equatable {
    package let identity: BaseIdentity
    /// Of the base's embedding.
    package let vocabularySize: Int
    /// SHA-256 of the text of the chat template that is applied; nil where none is.
    package var template: String?

    package init(_ identity: BaseIdentity, vocabularySize: Int, template: String? = nil) {
        self.identity = identity
        self.vocabularySize = vocabularySize
        self.template = template
    }

    /// A base as it is now.
    package init(_ files: BaseModelFiles, _ hash: BaseHash, template: String? = nil) {
        self.init(BaseIdentity(hash), vocabularySize: files.configuration.vocabularySize, template: template)
    }
}

/// Something in which an adapter and the place that it is to be laid on differ.
package struct Incompatibility: Sendable, Equatable {
    package enum Field: String, Sendable, CaseIterable {
        case base, tokenizer
        case vocabularySize = "vocabulary size"
        case chatTemplate = "chat template"
    }

    package let field: Field
    /// What the adapter was made for.
    package let made: String
    /// What it is to be laid on.
    package let found: String
}

/// What an adapter's files say of what it was made for, whichever of them says it: its weights, which name base and
/// tokenizer; `import.json` of one from elsewhere; `provenance.json` of a run, which names the templates that its rows were
/// written with, those of the manifest and of its sources in the place of the base's own. What none of them says is no
/// difference; shapes are compared when the weights are read.
package struct AdapterCompatibility: Sendable {
    private let folder: String
    private var bases: [String] = []
    private var tokenizers: [String] = []
    private var vocabularySize: Int?
    /// Each of them will do: a run may have written each of its sources with another.
    private(set) var templates: [String] = []

    /// - Throws: as reading the weights' file.
    package init(folder: String) throws {
        self.folder = folder
        let recorded = try Adapter.recordedIdentity(folder: folder)
        bases = [recorded.base].compactMap(\.self)
        tokenizers = [recorded.tokenizer].compactMap(\.self)
        if let record = ImportRecord.read(folder) {
            bases.append(record.base.sha256)
            tokenizers.append(record.base.tokenizerSHA256)
            vocabularySize = record.base.vocabularySize
        }
        let recordedTemplates: TrainedTemplates? = PublishedProvenance.read(folder)
        templates = recordedTemplates?.sha256 ?? []
    }

    /// Every field that differs, each with both values.
    package func differences(from place: AdapterPlace) -> [Incompatibility] {
        var found: [Incompatibility] = []
        func compare(_ field: Incompatibility.Field, _ made: [String], _ allowed: [String?]) {
            let allowed = allowed.compactMap(\.self)
            guard let first = allowed.first, let other = made.first(where: { !allowed.contains($0) }) else { return }
            found.append(Incompatibility(field: field, made: other, found: first))
        }
        compare(.base, bases, [place.identity.baseSHA256])
        compare(
            .tokenizer, tokenizers, [place.identity.tokenizerSHA256, place.identity.tokenizerSHA256Version1])
        compare(.vocabularySize, [vocabularySize].compactMap { $0.map(String.init) }, [String(place.vocabularySize)])
        if let template = place.template, !templates.isEmpty, !templates.contains(template) {
            found.append(Incompatibility(field: .chatTemplate, made: templates[0], found: template))
        }
        return found
    }

    /// - Throws: `AdaptersError.mismatch` naming the first field that differs, with both values.
    package func require(_ place: AdapterPlace) throws {
        guard let difference = differences(from: place).first else { return }
        throw AdaptersError(
            .mismatch,
            "The adapter in \(folder) was made for the \(difference.field.rawValue) \(difference.made), not for "
                + "\(difference.found).",
            advice: difference.field == .chatTemplate
                ? "Apply the template that it was trained with: --chat-template names its file or its name in the base."
                : "Use the base that `lorad hash` shows with that hash, or train the adapter anew.")
    }
}

extension Adapter {
    /// Reads an adapter onto a base, which must be what it was made for. Wherever an adapter meets a base outside of the job
    /// that trains it, it is by this.
    ///
    /// - Throws: as `AdapterCompatibility.require` and `Adapter.load`.
    package static func load(folder: String, into model: LanguageModel, on place: AdapterPlace) throws -> Adapter {
        try AdapterCompatibility(folder: folder).require(place)
        return try load(folder: folder, into: model, expecting: place.identity)
    }
}
