import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Quantised blocks")
struct QuantisedBlocksTests {
    private static let quantised = FileDType.readable.filter { ![.f32, .f16, .bf16, .f64].contains($0) }

    private func reference(_ name: String) -> String { Fixtures.folder + "/../gguf-blocks/" + name }

    /// NaNs compare as NaNs: their payload is the processor's affair.
    private func canonical(_ bits: [UInt32]) -> [UInt32] { bits.map { Float(bitPattern: $0).isNaN ? 0x7FC0_0000 : $0 } }

    @Test(
        "Random blocks and blocks with extreme scales decode as the gguf package decodes them, to the bit",
        arguments: quantised, ["random", "extreme"])
    func blocks(_ dtype: FileDType, _ kind: String) throws {
        let file = try GGUFFile(path: reference("blocks.gguf"))
        let expected = try SafetensorsFile(path: reference("blocks.safetensors"))
        let name = "\(kind).\(dtype.rawValue)"
        #expect(file.tensors[name]?.dtype == dtype)
        #expect(file.tensors[name]?.shape == expected.tensors[name]?.shape)
        let (found, wanted) = (canonical(try file.bits(name)), canonical(try expected.bits(name)))
        let first = zip(found, wanted).enumerated().first { $0.element.0 != $0.element.1 }
        #expect(first == nil, "first differing element of \(wanted.count)")
        let hasNaN = wanted.contains(0x7FC0_0000)
        #expect(hasNaN == (kind == "extreme"), "the extremes do hold NaN scales")
    }

    @Test("Rows read one by one equal the tensor read as one", arguments: quantised)
    func rows(_ dtype: FileDType) throws {
        let file = try GGUFFile(path: reference("blocks.gguf"))
        let name = "random.\(dtype.rawValue)"
        let info = try #require(file.tensors[name])
        var bits: [UInt32] = []
        for row in 0..<info.rows {
            let matrix = Matrix(rows: 1, columns: info.columns)
            try file.read(name, rows: row..<(row + 1), into: matrix)
            bits += matrix.values.map(\.bitPattern)
        }
        #expect(bits == (try file.bits(name)))
    }

    @Test("A whole model of every quantised type reads as the gguf package reads it, to the bit")
    func model() throws {
        let base = try BaseModelFiles(path: reference("mixed.gguf"))
        let hashes = try JSONReader.parse(file: reference("mixed.json"))["sha256_of_float32"]
        let expected = try #require(hashes?.objectValue)
        #expect(base.tensorNames == expected.members.map(\.key).sorted())
        #expect(Set(base.tensorNames.compactMap { base.info($0)?.dtype }) == Set(Self.quantised + [.f32]))
        for (name, hash) in expected.members {
            let info = try #require(base.info(name))
            let matrix = Matrix(rows: info.rows, columns: info.columns)
            try base.read(name, into: matrix)
            let digest = matrix.values.withUnsafeBytes { ContentHash.ofBytes(Data($0)) }
            #expect(digest == hash.stringValue, "\(name) as \(info.dtype)")
        }
    }

    @Test("A tensor one byte short, or whose rows are no whole number of blocks, is refused", arguments: quantised)
    func lies(_ dtype: FileDType) throws {
        let folder = try TemporaryFolder()
        let numbers: [FileDType: UInt32] = [
            .q4_0: 2, .q4_1: 3, .q5_0: 6, .q5_1: 7, .q8_0: 8, .q2k: 10, .q3k: 11, .q4k: 12, .q5k: 13, .q6k: 14,
            .iq4nl: 20, .iq4xs: 23,
        ]
        let (number, block) = (try #require(numbers[dtype]), UInt64(dtype.blockElements))
        func open(_ dimensions: [UInt64], dataBytes: Int) throws -> GGUFFile {
            let tensor = SyntheticFiles.ggufTensor("a", dimensions: dimensions, type: number)
            return try GGUFFile(
                path: try folder.write(SyntheticFiles.gguf(tensors: [tensor], dataBytes: dataBytes), as: "x.gguf"))
        }
        let bytes = 3 * dtype.blockBytes
        #expect(try open([block, 3], dataBytes: bytes).bits("a").allSatisfy { Float(bitPattern: $0) == 0 })
        expectError(.malformed, containing: "cannot hold") { try open([block, 3], dataBytes: bytes - 1) }
        expectError(.malformed, containing: "cannot hold") { try open([block, 4], dataBytes: bytes) }
        expectError(.malformed, containing: "cannot hold") { try open([block / 2, 6], dataBytes: bytes) }
        expectError(.malformed, containing: "cannot hold") { try open([block - 1, 3], dataBytes: bytes) }
        expectError(.malformed, containing: "cannot hold") { try open([block, 1 << 60], dataBytes: bytes) }
    }
}
