import ModelFiles

/// One row of a JSON Lines file.
package struct JSONLine: Sendable {
    /// Counted from 1, blank lines included.
    package let number: Int
    private let row: JSONRow
    /// The line's bytes up to its last fault, to count columns in; empty where it has none, which is the rule.
    private let text: [UInt8]

    /// - Throws: `RowComplaint` where the line is no object, or one whose members cannot be told apart.
    init(number: Int, _ bytes: UnsafeRawBufferPointer) throws {
        self.number = number
        do { row = try JSONReader.parseRow(bytes) } catch let fault as JSONFault {
            throw RowComplaint(
                line: number, column: Self.column(bytes, fault.offset), text: "\(fault.problem).",
                advice: Self.advice(bytes, fault.offset))
        }
        text = row.lastFault.map { Array(bytes.prefix($0)) } ?? []
    }

    /// The keys that can be read, each once.
    package var keys: [String] { row.keys }

    /// Whether there is such a key, whatever its value.
    package func has(_ key: String) -> Bool { row.has(key) }

    /// A member's value; nil where there is no such key.
    /// - Throws: where the value is no JSON (NaN, an unpaired surrogate, …) or the key stands twice, which matters only
    ///   to whoever asks for it.
    package func value(_ key: String) throws(RowComplaint) -> JSONValue? {
        do throws(JSONFault) { return try row.value(key) } catch {
            let column = text.withUnsafeBytes { Self.column($0, error.offset) }
            throw RowComplaint(
                line: number, column: column, text: "\(quoted(key)) cannot be read: \(error.problem).")
        }
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
