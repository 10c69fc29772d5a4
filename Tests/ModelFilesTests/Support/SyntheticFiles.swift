/// Model files spelled byte by byte, so that every byte can be made to lie.
enum SyntheticFiles {
    static func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    static func safetensors(_ header: String, dataBytes: Int = 0, declaring length: UInt64? = nil) -> [UInt8] {
        let header = Array(header.utf8)
        return littleEndian(length ?? UInt64(header.count)) + header + [UInt8](repeating: 0, count: dataBytes)
    }

    static func string(_ text: String) -> [UInt8] { littleEndian(UInt64(text.utf8.count)) + Array(text.utf8) }

    /// A tensor's description; `dimensions` innermost first, as GGUF has them.
    static func ggufTensor(_ name: String, dimensions: [UInt64], type: UInt32 = 0, offset: UInt64 = 0) -> [UInt8] {
        string(name) + littleEndian(UInt32(dimensions.count)) + dimensions.flatMap(littleEndian) + littleEndian(type)
            + littleEndian(offset)
    }

    /// - Parameter metadata: entries already spelled: key, type, value.
    static func gguf(
        version: UInt32 = 3, metadata: [[UInt8]] = [], tensors: [[UInt8]] = [], dataBytes: Int = 0,
        tensorCount: UInt64? = nil, metadataCount: UInt64? = nil
    ) -> [UInt8] {
        var bytes = Array("GGUF".utf8) + littleEndian(version)
        bytes += littleEndian(tensorCount ?? UInt64(tensors.count))
        bytes += littleEndian(metadataCount ?? UInt64(metadata.count))
        bytes += metadata.flatMap { $0 } + tensors.flatMap { $0 }
        while bytes.count % 32 != 0 { bytes.append(0) }
        return bytes + [UInt8](repeating: 0, count: dataBytes)
    }
}
