import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing

@Suite("Quantising blocks")
struct QuantiserTests {
    /// Those of the fixture, in its order.
    private static let types: [FileDType] = [.q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .q4k, .q5k, .q6k]
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func reference(_ name: String) -> String { Fixtures.folder + "/../gguf-quantised/" + name }

    private func values() throws -> Matrix {
        let file = try SafetensorsFile(path: reference("values.safetensors"))
        let info = try file.info("x")
        let matrix = Matrix(rows: info.rows, columns: info.columns)
        try file.read("x", into: matrix)
        return matrix
    }

    /// Writes a tensor of each type, named after it.
    private func write(_ matrix: Matrix, as types: [FileDType]) throws -> String {
        let path = folder.path + "/x.gguf"
        try GGUFWriter.write(
            metadata: [("general.architecture", .string("llama"))],
            tensors: types.map { (TensorEntry(name: $0.rawValue, matrix: matrix), $0) }, to: path)
        return path
    }

    @Test("Weights, and rows to stumble over, become the values that ggml makes of them, to the bit", arguments: types)
    func rows(_ dtype: FileDType) throws {
        let expected = try GGUFFile(path: reference("blocks.gguf"))
        let found = try GGUFFile(path: write(values(), as: [dtype]))
        let info = try #require(expected.tensors[dtype.rawValue])
        #expect(info.rows == 16)
        for row in 0..<info.rows {
            let (ours, theirs) = (Matrix(rows: 1, columns: info.columns), Matrix(rows: 1, columns: info.columns))
            try found.read(dtype.rawValue, rows: row..<(row + 1), into: ours)
            try expected.read(dtype.rawValue, rows: row..<(row + 1), into: theirs)
            let differing = zip(ours.values, theirs.values).first { $0.0.bitPattern != $0.1.bitPattern }
            #expect(differing == nil, "row \(row)")
        }
    }

    @Test("The blocks are ggml's byte for byte")
    func bytes() throws {
        let written = try Data(contentsOf: URL(fileURLWithPath: write(values(), as: Self.types)))
        #expect(written == (try Data(contentsOf: URL(fileURLWithPath: reference("blocks.gguf")))))
    }

    @Test("What is read back is off by no more than the format's step allows", arguments: types)
    func bound(_ dtype: FileDType) throws {
        // Of the largest magnitude in 256 elements: half a step, a whole one where the end without an opposite is cut
        // off, and what scales of 6 and 8 bits add.
        let bounds: [FileDType: Float] = [
            .q4_0: 0.126, .q4_1: 0.068, .q5_0: 0.063, .q5_1: 0.034, .q8_0: 0.0042, .q4k: 0.15, .q5k: 0.08, .q6k: 0.05,
        ]
        let bound = try #require(bounds[dtype])
        let x = try values()
        let file = try GGUFFile(path: write(x, as: [dtype]))
        let y = Matrix(rows: x.rows, columns: x.columns)
        try file.read(dtype.rawValue, into: y)
        for start in stride(from: 0, to: x.values.count, by: 256) {
            let (block, read) = (x.values[start..<(start + 256)], y.values[start..<(start + 256)])
            let largest = block.reduce(0) { max($0, abs($1)) }
            // The scales of smaller ones are below float16's normal numbers.
            guard largest > 0x1p-8 else { continue }
            let off = zip(block, read).reduce(0) { max($0, abs($1.0 - $1.1)) }
            #expect(off <= bound * largest, "elements from \(start) on, of at most \(largest)")
        }
    }

    @Test("NaN, infinity and what no scale reaches are refused, naming the row", arguments: types)
    func refused(_ dtype: FileDType) throws {
        for value in [Float.nan, .infinity, -.infinity, 1e30, -3.4e38] {
            let matrix = try values()
            matrix[5, 300] = value
            let error = #expect(throws: ModelFilesError.self) { try write(matrix, as: [dtype]) }
            #expect(error?.code == .unsupported)
            #expect(error?.message.contains("row 5") == true)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
}
