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
    private let source: Source

    private enum Source {
        case row(JSONLine)
        case object(JSONObject)
    }

    /// The fields of a row.
    package init(path: String, line: JSONLine) {
        self.path = path
        self.line = line.number
        keys = line.keys
        source = .row(line)
    }

    private init(path: String, line: Int, object: JSONObject) {
        self.path = path
        self.line = line
        keys = object.keys
        source = .object(object)
    }

    /// An object inside this one.
    package func nested(_ object: JSONObject) -> DataFields {
        DataFields(path: path, line: line, object: object)
    }

    /// Whether there is such a field, whatever its value.
    package func has(_ name: String) -> Bool {
        switch source {
        case .row(let line): line.has(name)
        case .object(let object): object[name] != nil
        }
    }

    /// The field's value, nil where there is none; throws `malformed` where it is no JSON.
    package func optional(_ name: String) throws(DatasetsError) -> JSONValue? {
        switch source {
        case .object(let object): return object[name]
        case .row(let line):
            do throws(RowComplaint) { return try line.value(name) } catch {
                throw DatasetsError(.malformed, error.message(path))
            }
        }
    }

    /// The field's value; throws `malformed`, with the closest name that is there, where it is missing.
    package func value(_ name: String) throws(DatasetsError) -> JSONValue {
        if let value = try optional(name) { return value }
        let name = spelt(name)
        let hint = Suggestion.closest(to: name, among: keys).map { " Did you mean `\($0)`?" } ?? ""
        throw error("the field `\(name)` is missing; there is \(names).\(hint)")
    }

    /// The field's value as text; throws `malformed` where it is missing or something else.
    package func string(_ name: String) throws(DatasetsError) -> String {
        let value = try value(name)
        guard let string = value.stringValue else {
            throw error("the field `\(spelt(name))` must be a string, but \(value.kind) was found.")
        }
        return string
    }

    /// The fields that are there, for a message.
    package var names: String { DataKeys.listed(keys) }

    /// The field as the file calls it, for a message.
    private func spelt(_ name: String) -> String {
        if case .row(let line) = source { String(quoted(line.name(of: name)).dropFirst().dropLast()) } else { name }
    }

    /// What is wrong with a part of a row's condition, as an error that names its file and line, and its column where it is
    /// known.
    package func error(_ problem: String, at path: [JSONStep]) -> DatasetsError {
        guard !path.isEmpty, case .row(let row) = source, let column = row.column(of: path) else {
            return error(problem)
        }
        return DatasetsError(.malformed, "\(self.path):\(line):\(column): \(problem)")
    }

    /// What is wrong with the row, as an error that names its file and line.
    package func error(_ problem: String, advice: String? = nil) -> DatasetsError {
        DatasetsError(.malformed, "\(path):\(line): \(problem)", advice: advice)
    }
}
