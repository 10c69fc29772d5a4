import Common
import Evaluation
import Foundation
import Manifests
import ModelFiles
import Reports
import Tokenizers
import Transformers

/// The base of a job, hashed and compared with what the manifest pins.
struct VerifiedBase {
    let files: BaseModelFiles
    let hash: BaseHash
    let tokenizer: any Tokenizer
    /// Where a generation stops.
    let endTokens: [Int]
    let template: ChatTemplate?
    /// What the conversations of each of several files to train on are written with, where it is another; by their places.
    let templates: [Int: ChatTemplate]

    /// Where it lies, from the root; nil where its path says so.
    var location: String? {
        let path = URL(fileURLWithPath: hash.path).standardizedFileURL.path
        return path == hash.path ? nil : path
    }

    /// Hashes base and tokenizer before anything else is done with them.
    ///
    /// A hash that is not the manifest's is noted, and the base is given all the same: the rows can be judged by it, and
    /// whoever has to mend the pin sees what else is wrong.
    ///
    /// - Returns: nil where the base cannot be read, which is noted too.
    /// - Throws: what is no fault of the job's own.
    static func open(
        _ document: ManifestDocument, _ environment: JobEnvironment, _ mistakes: JobMistakes
    ) throws -> VerifiedBase? {
        let manifest = document.manifest
        let opened = try mistakes.collect("base.path") {
            let files = try BaseModelFiles(path: manifest.base.path, rule: environment.rule)
            let read = HashProgress(of: manifest.base.path, environment.reporter)
            let hash = try ContentHash.ofBase(files, cache: environment.hashCache.telling(read.advance))
            read.finish()
            return (files, hash)
        }
        guard let (files, hash) = opened else { return nil }
        let pins = [
            ("base.sha256", manifest.base.sha256, hash.sha256),
            ("base.tokenizer_sha256", manifest.base.tokenizerSHA256 ?? hash.tokenizerSHA256, hash.tokenizerSHA256),
        ]
        for (key, expected, found) in pins where expected != found {
            if key == "base.tokenizer_sha256", expected == hash.tokenizerSHA256Version1 {
                mistakes.note(
                    key,
                    "\(key) is version 1 of the tokenizer's hash, which left out the files that name and add tokens, chat "
                        + "templates and ends of texts; with them \(hash.path) hashes to \(hash.tokenizerSHA256).",
                    advice: "Pin \(hash.tokenizerSHA256) where those files are the ones that you mean.")
                continue
            }
            mistakes.note(
                key, "\(key) is \(expected), but \(manifest.base.path) hashes to \(found).",
                advice: "Bring back the base that the manifest names, or pin the new one with `lorad hash`.")
        }
        return try mistakes.collect("base.path") {
            let tokenizer = try TokenizerLoader.load(files)
            return VerifiedBase(
                files: files, hash: hash, tokenizer: tokenizer, endTokens: try EndTokens.of(files, tokenizer),
                template: try template(manifest.dataset, files, tokenizer, environment, mistakes),
                templates: try templates(manifest.dataset, files, tokenizer, environment, mistakes))
        }
    }

    /// Those that sources name themselves.
    private static func templates(
        _ dataset: DatasetSection, _ files: BaseModelFiles, _ tokenizer: any Tokenizer, _ environment: JobEnvironment,
        _ mistakes: JobMistakes
    ) throws -> [Int: ChatTemplate] {
        var templates: [Int: ChatTemplate] = [:]
        for (index, source) in dataset.train.sources.enumerated() {
            guard let name = source.chatTemplate else { continue }
            let loaded = try mistakes.collect("dataset.train[\(index)].chat_template") {
                try ChatTemplate.load(
                    files, tokenizer: tokenizer, choice: ChatTemplate.Choice(name), now: dataset.clock,
                    rule: environment.rule)
            }
            templates[index] = loaded ?? nil
        }
        return templates
    }

    /// The template that conversations are written with; nil where there is none. One that no row needs may be unusable.
    private static func template(
        _ dataset: DatasetSection, _ files: BaseModelFiles, _ tokenizer: any Tokenizer, _ environment: JobEnvironment,
        _ mistakes: JobMistakes
    ) throws -> ChatTemplate? {
        func load() throws -> ChatTemplate? {
            try ChatTemplate.load(
                files, tokenizer: tokenizer, choice: ChatTemplate.Choice(dataset.chatTemplate), now: dataset.clock,
                rule: environment.rule)
        }
        guard dataset.chatTemplate == nil else { return try mistakes.collect("dataset.chat_template", load) ?? nil }
        return try load()
    }

    /// Checks, before anything is published under the base's hash, that its files still hold the bytes that were hashed:
    /// what was computed in between may otherwise be of others.
    ///
    /// - Throws: `PipelineError.failed` naming the file.
    func confirm() throws {
        do { try files.confirm() } catch let error as ModelFilesError {
            throw PipelineError(
                .failed, "The base \(hash.path) was changed while the job ran; nothing was published.",
                cause: error.message,
                advice: "Bring back the base that the manifest pins, and run the job again. To change a base, write it "
                    + "beside its place and rename it while no job uses it.")
        }
    }
}

extension DatasetSection {
    /// The date that a template is told, as it stands in the manifest.
    var clock: JinjaClock? {
        chatDate.flatMap(CalendarDay.init).flatMap { JinjaClock($0) }
    }

    /// What of conversations is trained on, and scored.
    ///
    /// - Parameter version: the manifest's: under 1 a template finds reasoning under the names that the row has alone.
    func conversations(version: Int) -> ConversationOptions {
        let turns: ConversationOptions.Turns =
            switch trainOn {
            case nil, .assistant: .assistant
            case .last: .last
            case .all: .all
            }
        let reasoning: ConversationOptions.Reasoning =
            switch reasoning {
            case nil, .asTemplate: .asTemplate
            case .mask: .mask
            case .drop: .drop
            }
        return ConversationOptions(turns: turns, reasoning: reasoning, aliasesReasoning: version >= 2)
    }
}

extension ChatTemplateProvenance {
    /// nil where there is no template to record.
    ///
    /// - Parameter source: of the template, as the manifest names it.
    init?(_ dataset: DatasetSection, _ template: ChatTemplate?, source: String?) {
        guard let sha256 = template?.sha256 else { return nil }
        self.init(source: source, sha256: sha256, date: dataset.chatDate)
    }
}
