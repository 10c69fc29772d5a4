import Foundation

/// Reads the fields of a GGUF header one after the other, each checked against the file's size.
///
/// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
struct GGUFReader {
    private static let maximumDepth = 4
    /// Of all metadata's arrays together. A value takes many times its bytes in memory, and the tensors' bytes, which may
    /// be billions, would pass for values too. The largest vocabularies have a million tokens and merges.
    private static let maximumValues = 1 << 24
    /// Of the whole header, for the same reason: a string may lie about its length.
    private static let maximumBytes = 1 << 28

    let bytes: UnsafeRawBufferPointer
    let path: String
    private(set) var position = 0
    private var valueCount = 0

    init(_ bytes: UnsafeRawBufferPointer, path: String) {
        self.bytes = bytes
        self.path = path
    }

    mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
        let start = try take(MemoryLayout<Value>.size)
        return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: Value.self))
    }

    /// A count or length: what is left of the file must be able to hold it at `bytesEach` or more.
    mutating func count(bytesEach: Int) throws -> Int {
        let start = position
        let count = try integer(UInt64.self)
        guard count <= UInt64((bytes.count - position) / bytesEach) else {
            throw error(
                "announces \(count) entries of at least \(bytesEach) bytes at byte \(start), more than it can hold")
        }
        return Int(count)
    }

    mutating func string() throws -> String {
        let length = try count(bytesEach: 1)
        let start = try take(length)
        guard let text = String(validating: bytes[start..<(start + length)], as: UTF8.self) else {
            throw error("holds a string at byte \(start) that is not UTF-8")
        }
        return text
    }

    mutating func valueType() throws -> GGUFValueType {
        let start = position
        let number = try integer(UInt32.self)
        guard let type = GGUFValueType(rawValue: number) else {
            throw error("has a metadata value of the unknown type \(number) at byte \(start)")
        }
        return type
    }

    mutating func value(_ type: GGUFValueType, depth: Int = 0) throws -> GGUFValue {
        switch type {
        case .uint8: .uint8(try integer(UInt8.self))
        case .int8: .int8(try integer(Int8.self))
        case .uint16: .uint16(try integer(UInt16.self))
        case .int16: .int16(try integer(Int16.self))
        case .uint32: .uint32(try integer(UInt32.self))
        case .int32: .int32(try integer(Int32.self))
        case .float32: .float32(Float(bitPattern: try integer(UInt32.self)))
        case .bool: .bool(try bool())
        case .string: .string(try string())
        case .array: try array(depth: depth + 1)
        case .uint64: .uint64(try integer(UInt64.self))
        case .int64: .int64(try integer(Int64.self))
        case .float64: .float64(Double(bitPattern: try integer(UInt64.self)))
        }
    }

    private mutating func bool() throws -> Bool {
        let start = position
        let byte = try integer(UInt8.self)
        guard byte < 2 else { throw error("has a boolean of value \(byte) at byte \(start)") }
        return byte == 1
    }

    private mutating func array(depth: Int) throws -> GGUFValue {
        guard depth <= Self.maximumDepth else {
            throw error("nests metadata arrays deeper than \(Self.maximumDepth) at byte \(position)")
        }
        let type = try valueType()
        let start = position
        let count = try count(bytesEach: type.minimumBytes)
        valueCount += count
        guard valueCount <= Self.maximumValues else {
            throw error("announces more than \(Self.maximumValues) values of metadata at byte \(start)")
        }
        var values: [GGUFValue] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try value(type, depth: depth)) }
        return .array(type, values)
    }

    private mutating func take(_ count: Int) throws -> Int {
        guard count <= bytes.count - position else {
            throw error("ends at byte \(bytes.count); \(count) bytes are needed from byte \(position) on")
        }
        guard position + count <= Self.maximumBytes else {
            throw error("has a header of more than \(Self.maximumBytes) bytes")
        }
        defer { position += count }
        return position
    }

    func error(_ problem: String) -> ModelFilesError {
        ModelFilesError(
            .malformed, "\(path) \(problem).", advice: "The file is damaged, cut short or no GGUF; fetch it again.")
    }
}
