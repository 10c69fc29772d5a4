/// One object of a data file. A member whose value is no JSON does no harm until somebody asks for it.
///
/// Data files come from many hands: a column of scores holds NaN, a note was cut in the middle of an emoji. Neither says
/// anything about the columns that are trained on.
package struct JSONRow: Sendable {
    /// The keys that can be read, in the file's order, each once.
    package let keys: [String]
    /// The members that are JSON.
    private let object: JSONObject
    private let faults: [ExactString: JSONFault]

    /// - Parameters:
    ///   - members: those that are JSON, keys possibly repeated.
    ///   - faults: of keys whose value is none.
    ///   - offsets: where each of `members` has its key.
    init(_ members: [JSONObject.Member], offsets: [Int], faults: [(key: String, fault: JSONFault)]) {
        var repeated: Int?
        if faults.isEmpty, let object = JSONObject.build(members, repeated: &repeated) {
            self.object = object
            keys = object.keys
            self.faults = [:]
            return
        }
        var found = Dictionary(faults.map { (ExactString($0.key), $0.fault) }) { first, _ in first }
        var seen: Set<ExactString> = []
        for (member, offset) in zip(members, offsets) where !seen.insert(ExactString(member.key)).inserted {
            let problem = "the key \(quoted(member.key)) stands a second time"
            found[ExactString(member.key)] =
                found[ExactString(member.key)] ?? JSONFault(offset: offset, problem: problem)
        }
        object = JSONObject(members.filter { found[ExactString($0.key)] == nil })
        keys = object.keys + found.sorted { $0.value.offset < $1.value.offset }.map(\.key.string)
        self.faults = found
    }

    /// A row that was no JSON: one of a table.
    package init(_ object: JSONObject) {
        self.object = object
        keys = object.keys
        faults = [:]
    }

    /// A member's value; nil where there is no such key.
    /// - Throws: what is wrong with the value, or that the key stands twice.
    package func value(_ key: String) throws(JSONFault) -> JSONValue? {
        if !faults.isEmpty, let fault = faults[ExactString(key)] { throw fault }
        return object[key]
    }

    /// Where the last value stands that is no JSON, in bytes; nil where all are.
    package var lastFault: Int? { faults.values.map(\.offset).max() }

    /// Whether there is such a key, whatever its value.
    package func has(_ key: String) -> Bool { object[key] != nil || faults[ExactString(key)] != nil }
}
