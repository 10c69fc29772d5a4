import Common
import ForeignText
import ModelFiles

/// The text that `ollama create` makes a model of. https://docs.ollama.com/modelfile
struct Modelfile {
    static let fileName = "Modelfile"

    /// For people.
    let comment: String
    /// The file beside it that holds the model.
    let model: String
    /// The file beside it that is laid over the model.
    let adapter: String?
    let template: TurnFormat?
    /// Texts that end an answer.
    let stops: [String]

    var text: String {
        var lines = ["# \(ForeignText.line(comment))", "FROM ./\(model)"]
        if let adapter { lines.append("ADAPTER ./\(adapter)") }
        if let template { lines.append("TEMPLATE \"\"\"\(template.ollama)\"\"\"") }
        lines += stops.map { "PARAMETER stop \"\($0)\"" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Whether a text can stand in a line in quotes: Ollama reads no escapes there.
    static func canState(_ stop: String) -> Bool {
        !stop.isEmpty && stop.unicodeScalars.allSatisfy { $0 != "\"" && !$0.properties.generalCategory.isControl }
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isControl: Bool {
        [.control, .lineSeparator, .paragraphSeparator].contains(self)
    }
}
