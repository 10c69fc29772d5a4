import Foundation

/// Reads the fields of a GGUF header one after the other, each checked against the file's size.
///
/// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
struct GGUFReader {
    private let bytes: UnsafeRawBufferPointer
    private let path: String
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer, path: String) {
        self.bytes = bytes
        self.path = path
    }

    mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
        let start = try take(MemoryLayout<Value>.size)
        return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: Value.self))
    }

    /// A count or length: must be covered by what is left of the file at `bytesEach` or more.
    mutating func count(bytesEach: Int) throws -> Int {
        let count = try integer(UInt64.self)
        guard count <= UInt64((bytes.count - position) / bytesEach) else {
            throw error("announces \(count) entries at byte \(position), more than the file can hold")
        }
        return Int(count)
    }

    mutating func string() throws -> String {
        let length = try count(bytesEach: 1)
        let start = try take(length)
        let slice = bytes[start..<(start + length)]
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw error("holds a string at byte \(start) that is not UTF-8")
        }
        return text
    }

    mutating func value(type: UInt32, depth: Int = 0) throws -> GGUFValue {
        switch type {
        case 0: .integer(Int(try integer(UInt8.self)))
        case 1: .integer(Int(try integer(Int8.self)))
        case 2: .integer(Int(try integer(UInt16.self)))
        case 3: .integer(Int(try integer(Int16.self)))
        case 4: .integer(Int(try integer(UInt32.self)))
        case 5: .integer(Int(try integer(Int32.self)))
        case 6: .number(Double(Float(bitPattern: try integer(UInt32.self))))
        case 7: .bool(try integer(UInt8.self) != 0)
        case 8: .string(try string())
        case 9: try array(depth: depth)
        case 10: .integer(Int(clamping: try integer(UInt64.self)))
        case 11: .integer(Int(try integer(Int64.self)))
        case 12: .number(Double(bitPattern: try integer(UInt64.self)))
        default: throw error("has a metadata value of unknown type \(type) at byte \(position)")
        }
    }

    private mutating func array(depth: Int) throws -> GGUFValue {
        guard depth < 4 else { throw error("nests metadata arrays deeper than 4") }
        let type = try integer(UInt32.self)
        let count = try count(bytesEach: 1)
        var values: [GGUFValue] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try value(type: type, depth: depth + 1)) }
        return .array(values)
    }

    private mutating func take(_ count: Int) throws -> Int {
        guard count <= bytes.count - position else {
            throw error("ends at byte \(bytes.count) inside its header, \(count) bytes short at \(position)")
        }
        defer { position += count }
        return position
    }

    func error(_ problem: String) -> ModelFilesError {
        ModelFilesError(
            .malformed, "\(path) \(problem).", advice: "The file is damaged, cut short or no GGUF; fetch it again.")
    }
}
