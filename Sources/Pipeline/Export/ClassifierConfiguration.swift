import Datasets
import ModelFiles

/// What config.json says of a classifier, so that transformers' AutoModelForSequenceClassification loads its head.
enum ClassifierConfiguration {
    /// The base's configuration with the classifier's class, its labels and its kind of problem.
    static func applied(to base: JSONValue, of family: FamilyFiles, labels: SequenceLabels) -> JSONValue {
        guard var object = base.objectValue else { return base }
        let names: [String]
        switch labels {
        case .classes(let classes): names = classes
        case .regression: names = ["LABEL_0"]
        }
        object = object.setting("architectures", to: .array([.string(family.classes.classifier)]))
        object = object.setting(
            "id2label",
            to: .object(JSONObject(names.enumerated().map { (String($0), JSONValue.string($1)) })))
        object = object.setting(
            "label2id", to: .object(JSONObject(names.enumerated().map { ($1, JSONValue.integer($0)) })))
        object = object.setting("num_labels", to: .integer(names.count))
        object = object.setting(
            "problem_type", to: .string(labels == .regression ? "regression" : "single_label_classification"))
        // Without a padding token transformers' decoders classify no batch of several rows.
        if object["pad_token_id"].map(\.isNull) ?? true, let end = object["eos_token_id"] {
            object = object.setting("pad_token_id", to: end.arrayValue?.first ?? end)
        }
        return .object(object)
    }
}
