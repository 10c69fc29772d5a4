import Common
import ModelFiles

/// Takes the fields of one JSON object out of a data file; every fault names the file and the line.
package struct DataFields: Sendable {
    /// What messages call the file.
    package let path: String
    /// From 1.
    package let line: Int
    /// The names of the fields that are there.
    package let keys: [String]
    private let read: @Sendable (String) throws(RowComplaint) -> JSONValue?

    /// The fields of a row.
    package init(path: String, line: JSONLine) {
        self.path = path
        self.line = line.number
        keys = line.keys
        read = { (name) throws(RowComplaint) in try line.value(name) }
    }

    private init(path: String, line: Int, object: JSONObject) {
        self.path = path
        self.line = line
        keys = object.keys
        read = { (name) throws(RowComplaint) in object[name] }
    }

    /// An object inside this one.
    package func nested(_ object: JSONObject) -> DataFields {
        DataFields(path: path, line: line, object: object)
    }

    /// Whether there is such a field, whatever its value.
    package func has(_ name: String) -> Bool { keys.contains { $0.utf8.elementsEqual(name.utf8) } }

    /// The field's value, nil where there is none; throws `malformed` where it is no JSON.
    package func optional(_ name: String) throws(DatasetsError) -> JSONValue? {
        do throws(RowComplaint) { return try read(name) } catch {
            throw DatasetsError(.malformed, error.message(path))
        }
    }

    /// The field's value; throws `malformed`, with the closest name that is there, where it is missing.
    package func value(_ name: String) throws(DatasetsError) -> JSONValue {
        if let value = try optional(name) { return value }
        let hint = Suggestion.closest(to: name, among: keys).map { " Did you mean `\($0)`?" } ?? ""
        throw error("the field `\(name)` is missing; there is \(names).\(hint)")
    }

    /// The field's value as text; throws `malformed` where it is missing or something else.
    package func string(_ name: String) throws(DatasetsError) -> String {
        let value = try value(name)
        guard let string = value.stringValue else {
            throw error("the field `\(name)` must be a string, but \(value.kind) was found.")
        }
        return string
    }

    /// The fields that are there, for a message.
    package var names: String {
        let shown = 20
        let names = keys.prefix(shown).map { "`\(quoted($0).dropFirst().dropLast())`" }
        let rest = keys.count > shown ? ["and \(keys.count - shown) more"] : []
        return keys.isEmpty ? "none" : (names + rest).joined(separator: ", ")
    }

    /// What is wrong with the row, as an error that names its file and line.
    package func error(_ problem: String, advice: String? = nil) -> DatasetsError {
        DatasetsError(.malformed, "\(path):\(line): \(problem)", advice: advice)
    }
}
