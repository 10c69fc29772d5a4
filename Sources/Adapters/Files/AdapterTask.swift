import ModelFiles

/// What an adapter was trained for, as its files say.
package enum AdapterTask: Sendable, Equatable {
    case causalLanguage
    /// The head has this many outputs. Names are the classes', where the file says them; PEFT's own files do not.
    case sequenceClassification(outputs: Int, names: [String]?)

    /// - Throws: `AdaptersError.malformed` where the file of a classification adapter holds no head, or labels that do
    ///   not fit it.
    init(configuration: AdapterConfigurationFile, weights: AdapterWeights, folder: String) throws {
        guard configuration.task == .sequenceClassification else {
            self = .causalLanguage
            return
        }
        let heads = ["score.weight", "classifier.weight", "classifier.out_proj.weight"]
        let tensor = heads.lazy.compactMap { weights.info("\(TensorNames.prefix)\($0)") }.first
        guard let tensor, tensor.shape.count == 2, tensor.shape[0] > 0 else {
            throw AdaptersError(
                .malformed, "The adapter in \(folder) is for classification and holds no classification head.",
                cause: "None of its tensors is one of \(heads.joined(separator: ", ")).")
        }
        let outputs = tensor.shape[0]
        var names: [String]?
        if let text = weights.metadata["lorad.labels"] {
            let values = try JSONReader.parse(text, name: "lorad.labels").arrayValue
            names = values?.compactMap(\.stringValue)
            guard names?.count == outputs else {
                throw AdaptersError(
                    .malformed, "The adapter in \(folder) names \(names?.count ?? 0) labels for \(outputs) outputs.")
            }
        }
        self = .sequenceClassification(outputs: outputs, names: names)
    }

    /// Label names as the safetensors metadata holds them: a JSON list.
    static func encode(_ names: [String]) -> String {
        "[" + names.map(JSONText.quote).joined(separator: ",") + "]"
    }
}
