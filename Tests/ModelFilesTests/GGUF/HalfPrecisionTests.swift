import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing

@Suite("16-bit floating point")
struct HalfPrecisionTests {
    /// Reads one value per row, so that every bit pattern goes through the readers.
    private func decode(_ dtype: String) throws -> [Float] {
        let header = #"{"a":{"dtype":"\#(dtype)","shape":[65536],"data_offsets":[0,131072]}}"#
        let data = (0..<65536).flatMap { SyntheticFiles.littleEndian(UInt16($0)) }
        let folder = try TemporaryFolder()
        let path = try folder.write(SyntheticFiles.safetensors(header) + data, as: "x.safetensors")
        let matrix = Matrix(rows: 1, columns: 65536)
        try SafetensorsFile(path: path).read("a", into: matrix)
        return matrix.values
    }

    @Test("Every float16 decodes to the float32 of the same value")
    func everyFloat16() throws {
        for (pattern, value) in try decode("F16").enumerated() {
            let expected = Float(Float16(bitPattern: UInt16(pattern)))
            #expect(
                expected.isNaN ? value.isNaN : value.bitPattern == expected.bitPattern,
                "0x\(String(pattern, radix: 16))")
        }
    }

    @Test("Every bfloat16 decodes to a float32 with that upper half")
    func everyBFloat16() throws {
        for (pattern, value) in try decode("BF16").enumerated() {
            #expect(value.isNaN || value.bitPattern == UInt32(pattern) << 16, "0x\(String(pattern, radix: 16))")
        }
    }

    @Test("A NaN whose lower bits alone are set is a NaN in bfloat16 too")
    func nan() throws {
        let folder = try TemporaryFolder()
        let matrix = Matrix([Float(bitPattern: 0x7F80_0001), Float(bitPattern: 0xFFFF_FFFF)], rows: 1, columns: 2)
        let path = folder.path + "/x.safetensors"
        try SafetensorsWriter.write([.init(name: "n", matrix: matrix)], dtype: .bf16, to: path)
        let read = try SafetensorsFile(path: path).bits("n").map(Float.init(bitPattern:))
        #expect(read.count == 2)
        for value in read { #expect(value.isNaN) }
    }
}
