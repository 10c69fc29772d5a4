import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing

@Suite("Writing safetensors")
struct SafetensorsWriterTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var path: String { folder.path + "/x.safetensors" }

    private func entries() throws -> [SafetensorsWriter.Entry] {
        try Fixtures.json("values.json").objectValue?.members.map { name, value in
            let shape = try goldenIntegers(value["shape"])
            let values = value["bits"]?.floats ?? []
            let rows = shape.count < 2 ? 1 : shape[0]
            let columns = rows == 0 ? shape[1] : values.count / rows
            return .init(name: name, matrix: Matrix(values, rows: rows, columns: columns), shape: shape)
        } ?? []
    }

    @Test("Files equal the reference library's byte for byte", arguments: [FileDType.f32, .f16, .bf16])
    func reference(_ dtype: FileDType) throws {
        try SafetensorsWriter.write(try entries().reversed(), dtype: dtype, metadata: ["format": "pt"], to: path)
        #expect(
            Array(try Data(contentsOf: URL(fileURLWithPath: path)))
                == (try Fixtures.bytes("\(dtype.rawValue).safetensors")))
    }

    @Test("Metadata reads back, whatever its text, and is written in the order of its keys")
    func metadata() throws {
        let metadata = ["z": "1", "a\"\n": "é\\", "": "\u{1}"]
        try SafetensorsWriter.write([], metadata: metadata, to: path)
        #expect(try SafetensorsFile(path: path).metadata == metadata)
        let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)).dropFirst(8), as: UTF8.self)
        #expect(text.trimmingCharacters(in: .whitespaces) == #"{"__metadata__":{"":"\u0001","a\"\n":"é\\","z":"1"}}"#)
        #expect(text.utf8.count % 8 == 0)
    }

    @Test("A view's rows are written, not the memory between them")
    func view() throws {
        let matrix = Matrix((0..<12).map(Float.init), rows: 3, columns: 4).columns(1..<3)
        try SafetensorsWriter.write([.init(name: "v", matrix: matrix)], to: path)
        #expect(try SafetensorsFile(path: path).bits("v") == [1, 2, 5, 6, 9, 10].map { Float($0).bitPattern })
    }

    @Test("A name given twice, a shape that is not the matrix's and a type that the format lacks are refused")
    func refused() {
        let matrix = Matrix(rows: 2, columns: 3)
        expectError(.mismatch, containing: "twice") {
            try SafetensorsWriter.write([.init(name: "a", matrix: matrix), .init(name: "a", matrix: matrix)], to: path)
        }
        expectError(.mismatch, containing: "2 × 3") {
            try SafetensorsWriter.write([.init(name: "a", matrix: matrix, shape: [3, 2])], to: path)
        }
        expectError(.mismatch) { try SafetensorsWriter.write([.init(name: "__metadata__", matrix: matrix)], to: path) }
        expectError(.unsupported, containing: "Q8_0") {
            try SafetensorsWriter.write([.init(name: "a", matrix: matrix)], dtype: .q8_0, to: path)
        }
        #expect((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) == [], "nothing is left behind")
    }

    @Test("Tensors of several types stand as the reference library orders them, the widest first, and read back")
    func severalTypes() throws {
        let matrix = Matrix([1, -2, 0.5], rows: 1, columns: 3)
        let types: [(String, FileDType)] = [("a", .f16), ("b", .bf16), ("c", .f32), ("d", .f16), ("e", .f32)]
        try SafetensorsWriter.write(
            types.map { (TensorEntry(name: $0.0, matrix: matrix, shape: [3]), $0.1) }, to: path)
        let file = try SafetensorsFile(path: path)
        for (name, dtype) in types {
            #expect(file.tensors[name]?.dtype == dtype)
            #expect(try file.bits(name).map(Float.init(bitPattern:)) == [1, -2, 0.5])
        }
        let header = try Data(contentsOf: URL(fileURLWithPath: path)).dropFirst(8)
        let text = String(decoding: header, as: Unicode.ASCII.self)
        let places = ["c", "e", "b", "a", "d"].map { text.range(of: "\"\($0)\":")?.lowerBound }
        #expect(places.allSatisfy { $0 != nil })
        #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted())
        let odd = TensorEntry(name: "q", matrix: Matrix(rows: 1, columns: 32))
        expectError(.unsupported, containing: "Q8_0") { try SafetensorsWriter.write([(odd, .q8_0)], to: path) }
    }
}
