import ModelFiles
import Tokenizers

/// Takes the fields of one JSON object out of a data file; every fault names the file and the line.
struct DataFields {
    let path: String
    let line: Int
    let object: JSONObject

    /// `line` holds an object: `JSONLines` lets nothing else through.
    init(path: String, line: JSONLine) throws {
        self.path = path
        self.line = line.number
        guard let object = line.value.objectValue else {
            throw EvaluationError(
                .malformed, "\(path):\(line.number): \(line.value.kind) was found instead of an object.")
        }
        self.object = object
    }

    private init(path: String, line: Int, object: JSONObject) {
        self.path = path
        self.line = line
        self.object = object
    }

    /// An object inside this one.
    func nested(_ object: JSONObject) -> DataFields {
        DataFields(path: path, line: line, object: object)
    }

    func has(_ name: String) -> Bool { object[name] != nil }

    /// The field's value; throws `malformed`, with the closest name that is there, where it is missing.
    func value(_ name: String) throws(EvaluationError) -> JSONValue {
        if let value = object[name] { return value }
        let hint = Suggestion.closest(to: name, among: object.keys).map { " Did you mean `\($0)`?" } ?? ""
        throw error("the field `\(name)` is missing; there is \(names).\(hint)")
    }

    /// The field's value as text; throws `malformed` where it is missing or something else.
    func string(_ name: String) throws(EvaluationError) -> String {
        let value = try value(name)
        guard let string = value.stringValue else {
            throw error("the field `\(name)` must be a string, but \(value.kind) was found.")
        }
        return string
    }

    /// The fields that are there, for a message.
    var names: String {
        let shown = 20
        let names = object.keys.prefix(shown).map { "`\(quoted($0).dropFirst().dropLast())`" }
        let rest = object.count > shown ? ["and \(object.count - shown) more"] : []
        return object.count == 0 ? "none" : (names + rest).joined(separator: ", ")
    }

    func error(_ problem: String, advice: String? = nil) -> EvaluationError {
        EvaluationError(.malformed, "\(path):\(line): \(problem)", advice: advice)
    }
}
