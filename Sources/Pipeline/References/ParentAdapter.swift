import Adapters
import Manifests
import ModelFiles
import Reports
import Transformers

/// The adapter that a job goes on from.
struct ParentAdapter {
    /// As the manifest names it.
    let initFrom: String
    let folder: String
    /// Of its weights' file.
    let sha256: String
    let rule: ReadingRule

    /// The manifest's parent; nil where it names none.
    ///
    /// - Throws: `PublicationError.missing` where there is none; `AdaptersError.mismatch` where it is no longer the one that
    ///   the job began from; as reading its weights' file.
    static func open(_ manifest: JobManifest, _ environment: JobEnvironment) throws -> ParentAdapter? {
        guard
            let pin = try ParentPin.find(
                manifest, outbox: environment.outbox, workFolder: environment.workFolder,
                references: environment.references)
        else { return nil }
        if let version = environment.references.parent, version.folder == pin.folder {
            _ = try ComparedAdapter.weights(of: version, "parent")
        }
        // A run of the outbox is the worker's own, wherever jobs may read.
        let rule = manifest.adapter.initFolder == nil ? ReadingRule.anything : environment.rule
        let sha256 = try digest(pin.folder, rule)
        guard pin.sha256 ?? sha256 == sha256 else { throw changed(pin.folder) }
        return ParentAdapter(initFrom: pin.initFrom, folder: pin.folder, sha256: sha256, rule: rule)
    }

    /// For later attempts.
    var pin: ParentPin { ParentPin(initFrom: initFrom, folder: folder, sha256: sha256) }

    /// What a run says of it.
    var provenance: ParentProvenance { ParentProvenance(initFrom: initFrom, path: folder, sha256: sha256) }

    /// Notes every setting in which it differs from the adapter that is to go on from it; reads its values into that where
    /// there is none.
    func begin(
        _ adapter: Adapter, on model: LanguageModel, _ place: AdapterPlace, labels: [String]?, _ mistakes: JobMistakes
    ) throws {
        try mistakes.collect("adapter.init_from") {
            let start = try WarmStart(folder: folder)
            let differences = try start.differences(
                from: adapter, on: model, identity: place.identity, labels: labels)
            for difference in differences { note(difference, mistakes) }
            let others = try AdapterCompatibility(folder: folder).differences(from: place)
                .filter { ![.base, .tokenizer].contains($0.field) }
            for other in others { note(other, mistakes) }
            guard differences.isEmpty, others.isEmpty else { return }
            try start.begin(adapter, on: model)
            try confirm()
        }
    }

    /// - Throws: `AdaptersError.mismatch` where its weights are not those that the job began from.
    func confirm() throws {
        guard try Self.digest(folder, rule) == sha256 else { throw Self.changed(folder) }
    }

    private func note(_ difference: WarmStartDifference, _ mistakes: JobMistakes) {
        let keys: [WarmStartDifference.Setting: String] = [
            .base: "base.sha256", .tokenizer: "base.path", .task: "dataset.train", .labels: "dataset.labels",
            .settings: "adapter.method",
        ]
        let key = keys[difference.setting] ?? "adapter.\(difference.setting.rawValue)"
        mistakes.note(
            key,
            "the adapter that adapter.init_from names, \(folder), has the \(difference.setting.rawValue) "
                + "\(difference.parent); the job has \(difference.own).",
            advice:
                "An adapter goes on with the shape it has and on the base it was made for: change \(key), or go on from "
                + "another one.")
    }

    private func note(_ difference: Incompatibility, _ mistakes: JobMistakes) {
        let key = difference.field == .chatTemplate ? "dataset.chat_template" : "base.path"
        mistakes.note(
            key,
            "the adapter that adapter.init_from names, \(folder), has the \(difference.field.rawValue) \(difference.made); "
                + "the job has \(difference.found).",
            advice: "An adapter goes on with what it was trained with: change \(key), or go on from another one.")
    }

    private static func digest(_ folder: String, _ rule: ReadingRule) throws -> String {
        try ContentHash.ofFile("\(folder)/\(WarmStart.weightsName)", rule: rule)
    }

    private static func changed(_ folder: String) -> AdaptersError {
        AdaptersError(
            .mismatch, "The adapter in \(folder) is no longer the one that the job began from.",
            advice: "Submit the job anew to begin from it as it is now.")
    }
}
