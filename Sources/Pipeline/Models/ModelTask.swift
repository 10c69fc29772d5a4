import Adapters
import Datasets
import ModelFiles
import Transformers

/// What a model with an adapter is for: predicting tokens, or classifying texts with these labels.
package enum ModelTask: Sendable, Equatable {
    case language
    case classification(SequenceLabels)

    /// The labels of a classification; nil where tokens are predicted.
    package var labels: SequenceLabels? {
        if case .classification(let labels) = self { labels } else { nil }
    }

    /// Names of the classes; nil for a regression, and where tokens are predicted.
    package var names: [String]? {
        if case .classification(.classes(let names)) = self { names } else { nil }
    }

    /// What the model is loaded for; nil where tokens are predicted.
    ///
    /// - Parameter seed: a fresh head is a function of it.
    package func head(seed: UInt64) -> ClassificationTask? {
        switch self {
        case .language: nil
        case .classification(.classes(let names)): ClassificationTask(classes: names.count, seed: seed)
        case .classification(.regression): ClassificationTask(classes: nil, seed: seed)
        }
    }

    /// What the adapter in a folder was trained for. Class names that its files do not say are those of the base's
    /// configuration where it has as many, else `LABEL_0` and so on, as transformers calls them.
    ///
    /// - Throws: as `Adapter.task`.
    package static func of(adapter folder: String, base: ModelConfiguration) throws -> ModelTask {
        switch try Adapter.task(folder: folder) {
        case .causalLanguage: return .language
        case .sequenceClassification(1, nil): return .classification(.regression)
        case .sequenceClassification(let outputs, let names):
            let names = names ?? baseNames(base, count: outputs) ?? (0..<outputs).map { "LABEL_\($0)" }
            return .classification(.classes(names))
        }
    }

    /// What a base without an adapter is for: its own head, where its checkpoint holds one.
    package static func of(base files: BaseModelFiles) -> ModelTask {
        let heads = ["score.weight", "classifier.out_proj.weight", "classifier.weight"]
        guard let outputs = heads.lazy.compactMap({ files.info($0)?.shape.first }).first else { return .language }
        if outputs == 1 { return .classification(.regression) }
        let names = baseNames(files.configuration, count: outputs) ?? (0..<outputs).map { "LABEL_\($0)" }
        return .classification(.classes(names))
    }

    /// Whether classes have no names but transformers' own for their places.
    static func isUnnamed(_ names: [String]) -> Bool { names == names.indices.map { "LABEL_\($0)" } }

    private static func baseNames(_ base: ModelConfiguration, count: Int) -> [String]? {
        let table = base.fields.value("id2label")
        let names = (0..<count).compactMap { table?[String($0)]?.stringValue }
        return names.count == count ? names : nil
    }
}
