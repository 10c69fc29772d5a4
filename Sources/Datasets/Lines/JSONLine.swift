import ModelFiles

/// One row of a data file: of JSON Lines, or of a table.
package struct JSONLine: Sendable {
    /// Counted from 1, blank lines included; of a row of several lines the first.
    package let number: Int
    private let row: JSONRow
    /// The line's bytes, to count columns in, up to its last fault; empty where it has none and states no condition, which
    /// is the rule.
    private let text: [UInt8]
    /// Keys whose values are conditions, which may be wrong deep inside.
    private static let conditions = ["expect", "assert"]
    private let layout: RowLayout?
    /// Whether it is of a table, whose fields are all text.
    package let isOfTable: Bool
    /// What keys hold that the row leaves out, or has as null.
    private var standing: JSONObject?

    /// - Throws: `RowComplaint` where the line is no object, or one whose members cannot be told apart.
    init(number: Int, _ bytes: UnsafeRawBufferPointer) throws {
        self.number = number
        do { row = try JSONReader.parseRow(bytes) } catch let fault as JSONFault {
            throw RowComplaint(
                line: number, column: Self.column(bytes, fault.offset), text: "\(fault.problem).",
                advice: Self.advice(bytes, fault.offset))
        }
        let read = self.row
        let isKept = Self.conditions.contains { read.has($0) }
        text = isKept ? Array(bytes) : read.lastFault.map { Array(bytes.prefix($0)) } ?? []
        layout = nil
        isOfTable = false
    }

    /// A row of a table.
    ///
    /// - Precondition: no column's name stands twice.
    init(number: Int, cells: [JSONObject.Member]) {
        self.init(number: number, row: JSONRow(JSONObject(cells)), text: [], layout: nil, isOfTable: true)
    }

    private init(number: Int, row: JSONRow, text: [UInt8], layout: RowLayout?, isOfTable: Bool) {
        (self.number, self.row, self.text, self.layout, self.isOfTable) = (number, row, text, layout, isOfTable)
    }

    /// The same row, read by a layout.
    func read(by layout: RowLayout) -> JSONLine {
        var line = JSONLine(number: number, row: row, text: text, layout: layout, isOfTable: isOfTable)
        line.standing = standing
        return line
    }

    /// The same row, where keys that it leaves out, or has as null, hold these.
    func standing(on values: JSONObject) -> JSONLine {
        var line = self
        line.standing = values
        return line
    }

    /// The file's keys that can be read, each once.
    package var keys: [String] { row.keys }

    /// What the file calls the key.
    package func name(of key: String) -> String { layout?.column(key) ?? key }

    /// Whether there is such a key, whatever its value.
    package func has(_ key: String) -> Bool {
        guard let layout else { return row.has(key) }
        if let made = layout.made[key] { return made.keys.allSatisfy { row.has(layout.column($0.rawValue)) } }
        return row.has(layout.column(key))
    }

    /// A member's value; nil where there is no such key.
    /// - Throws: where the value is no JSON (NaN, an unpaired surrogate, …) or the key stands twice, which matters only
    ///   to whoever asks for it; where a layout cannot make it of the row's own.
    package func value(_ key: String) throws(RowComplaint) -> JSONValue? {
        let own: JSONValue?
        if let made = layout?.made[key] { own = try made.value(self) } else { own = try stored(key) }
        guard let standing, own?.isNull ?? true else { return own }
        return standing[key] ?? own
    }

    /// The same of a member that stands in the file, whatever the layout makes of others.
    func stored(_ key: String) throws(RowComplaint) -> JSONValue? {
        let name = name(of: key)
        do throws(JSONFault) { return try row.value(name) } catch {
            let column = text.withUnsafeBytes { Self.column($0, error.offset) }
            throw RowComplaint(
                line: number, column: column, text: "\(quoted(name)) cannot be read: \(error.problem).")
        }
    }

    /// Where a part of a condition stands that a path leads to, in characters from 1; nil where that is not known.
    package func column(of path: [JSONStep]) -> Int? {
        text.withUnsafeBytes { bytes in JSONReader.offset(of: path, in: bytes).map { Self.column(bytes, $0) } }
    }

    /// Where the byte at `offset` stands, in characters from 1.
    private static func column(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int {
        1 + bytes.prefix(offset).count { $0 & 0xC0 != 0x80 }
    }

    /// How to make lines of what stands at a fault.
    private static func advice(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> ConvertingCommand? {
        guard offset < bytes.count else { return .documents }
        return switch bytes[offset] {
        case UInt8(ascii: "'"): .pythonDictionaries
        case UInt8(ascii: "{"): .documents
        default: nil
        }
    }
}
