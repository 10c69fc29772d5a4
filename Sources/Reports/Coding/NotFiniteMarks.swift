import Foundation

/// Strings that stand for NaN and the infinities while a report is on its way to or from JSON. They hold a fresh random
/// token, so that no text of a prompt can be taken for one.
struct NotFiniteMarks {
    let token = UUID().uuidString

    var nan: String { "NaN \(token)" }
    var positiveInfinity: String { "Infinity \(token)" }
    var negativeInfinity: String { "-Infinity \(token)" }

    /// The path of every mark in a JSON tree, with what it stands for.
    func paths(in tree: Any, at path: String = "") -> [String: String] {
        switch tree {
        case let object as [String: Any]:
            return object.reduce(into: [:]) { found, entry in
                let child = path.isEmpty ? entry.key : "\(path).\(entry.key)"
                found.merge(paths(in: entry.value, at: child)) { first, _ in first }
            }
        case let array as [Any]:
            return array.enumerated().reduce(into: [:]) { found, entry in
                found.merge(paths(in: entry.element, at: "\(path)[\(entry.offset)]")) { first, _ in first }
            }
        case let text as String where text.hasSuffix(token):
            return [path: String(text.dropLast(token.count + 1))]
        default:
            return [:]
        }
    }

    /// JSON bytes with every quoted mark replaced by `null`.
    func replacedByNull(_ json: Data) -> Data {
        var text = String(decoding: json, as: UTF8.self)
        for mark in [positiveInfinity, negativeInfinity, nan] {
            text = text.replacingOccurrences(of: "\"\(mark)\"", with: "null")
        }
        return Data(text.utf8)
    }

    /// The tree with the marks put back at `paths`.
    func restored(_ tree: Any, paths: [String: String], at path: String) -> Any {
        if let name = paths[path], tree is NSNull {
            return "\(name) \(token)"
        }
        if let object = tree as? [String: Any] {
            return object.reduce(into: [String: Any]()) { result, entry in
                let child = path.isEmpty ? entry.key : "\(path).\(entry.key)"
                result[entry.key] = restored(entry.value, paths: paths, at: child)
            }
        }
        if let array = tree as? [Any] {
            return array.enumerated().map { restored($0.element, paths: paths, at: "\(path)[\($0.offset)]") }
        }
        return tree
    }
}
