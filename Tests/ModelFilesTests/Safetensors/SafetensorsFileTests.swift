import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing

@Suite("Reading safetensors")
struct SafetensorsFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open(_ bytes: [UInt8]) throws -> SafetensorsFile {
        try SafetensorsFile(path: try folder.write(bytes, as: "x.safetensors"))
    }

    @Test("The reference library's files read as it reads them, to the bit", arguments: ["F32", "F16", "BF16"])
    func reference(_ dtype: String) throws {
        let file = try SafetensorsFile(path: Fixtures.path("\(dtype).safetensors"))
        let expected = try #require(try Fixtures.json("safetensors-read.json")[dtype]?.objectValue)
        #expect(file.metadata == ["format": "pt"])
        #expect(Set(file.tensors.keys) == Set(expected.keys))
        for (name, value) in expected.members {
            #expect(file.tensors[name]?.dtype.rawValue == dtype)
            #expect(try file.bits(name) == value.bits, "\(name)")
        }
    }

    @Test("A file with an integer tensor opens; only reading that tensor is refused")
    func unsupportedType() throws {
        let file = try SafetensorsFile(path: Fixtures.path("mixed.safetensors"))
        #expect(file.tensors["x"]?.dtype == .i64)
        #expect(try file.bits("y") == [Float](repeating: 1, count: 3).map(\.bitPattern))
        expectError(.unsupported, containing: "I64") { try file.bits("x") }
    }

    @Test("Some rows of a tensor are those rows of the whole")
    func rows() throws {
        let file = try SafetensorsFile(path: Fixtures.path("llama/model.safetensors"))
        let name = "model.layers.1.mlp.up_proj.weight"
        let whole = try file.bits(name)
        let part = Matrix(rows: 3, columns: 16)
        try file.read(name, rows: 7..<10, into: part)
        #expect(part.values.map(\.bitPattern) == Array(whole[112..<160]))
        expectError(.mismatch) { try file.read(name, rows: 22..<25, into: part) }
        expectError(.mismatch) { try file.read(name, rows: 0..<2, into: part) }
    }

    @Test("A tensor of many rows, decoded by several threads, equals its rows decoded one by one")
    func threads() throws {
        let values = (0..<(700 * 1000)).map { Float($0 &* 2_654_435_761 % 1000) / 7 }
        let path = folder.path + "/large.safetensors"
        try SafetensorsWriter.write(
            [.init(name: "w", matrix: Matrix(values, rows: 700, columns: 1000))], dtype: .bf16, to: path)
        let file = try SafetensorsFile(path: path)
        let whole = try file.bits("w")
        let row = Matrix(rows: 1, columns: 1000)
        for index in 0..<700 {
            try file.read("w", rows: index..<(index + 1), into: row)
            #expect(row.values.map(\.bitPattern) == Array(whole[(index * 1000)..<(index * 1000 + 1000)]))
        }
    }

    @Test("A tensor that is not there is named with the closest that is")
    func unknownName() throws {
        let file = try SafetensorsFile(path: Fixtures.path("llama/model.safetensors"))
        let error = expectError(.missing, containing: "model.norm.wieght") { try file.bits("model.norm.wieght") }
        #expect(error?.advice?.contains("model.norm.weight") == true)
    }

    @Test("A file cut at any byte is refused")
    func truncated() throws {
        let bytes = try Fixtures.bytes("F32.safetensors")
        for count in 0..<bytes.count {
            expectError(.malformed) { try open(Array(bytes[..<count])) }
        }
    }

    @Test("A byte too many is refused")
    func trailing() throws {
        expectError(.malformed, containing: "tensors end at") { try open(try Fixtures.bytes("F32.safetensors") + [0]) }
    }

    @Test(
        "A header length beyond the limit or the file is refused before anything is allocated",
        arguments: [3, 100_000_001, UInt64(1) << 63, .max])
    func headerLength(_ length: UInt64) {
        expectError(.malformed, containing: "header of \(length) bytes") {
            try open(SyntheticFiles.safetensors("{}", declaring: length))
        }
    }

    @Test("An empty header is a file without tensors")
    func empty() throws {
        #expect(try open(SyntheticFiles.safetensors("{}")).tensors.isEmpty)
    }

    @Test(
        "Descriptions that lie about the data are refused",
        arguments: [
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, "does not fit"),
            (#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#, "does not fit"),
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, "does not fit"),
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, "does not fit"),
            (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, "does not fit"),
            (#"{"a":{"dtype":"F32","shape":[4611686018427387905,4],"data_offsets":[0,8]}}"#, "does not fit"),
            (#"{"a":{"dtype":"F32","shape":[0,9223372036854775807,2],"data_offsets":[0,0]}}"#, "does not fit"),
            (#"{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]}}"#, "lacks"),
            (#"{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#, "lacks"),
            (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}"#, "lacks"),
            (#"{"a":{"dtype":"F32","shape":[2]}}"#, "lacks"),
            (#"{"a":7}"#, "lacks"),
            (
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
                "starts at"
            ),
            (
                #"{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
                "starts at"
            ),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "starts at"),
            (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "tensors end at"),
            (#"{"__metadata__":{"k":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "not a string"),
            (#"{"__metadata__":[],"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "not an object"),
            (
                "{\"\u{E9}\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"e\u{301}\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                "spellings"
            ),
            (
                #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
                "second time"
            ),
            (#" {}"#, "start with '{'"), ("[]", "start with '{'"),
        ])
    func lies(_ header: String, _ problem: String) {
        expectError(.malformed, containing: problem) { try open(SyntheticFiles.safetensors(header, dataBytes: 8)) }
    }

    @Test("An unknown element type is refused by name", arguments: ["F2", "Q4_0", "f32"])
    func unknownType(_ type: String) {
        let header = #"{"a":{"dtype":"\#(type)","shape":[2],"data_offsets":[0,8]}}"#
        expectError(.unsupported, containing: "\"\(type)\"") {
            try open(SyntheticFiles.safetensors(header, dataBytes: 8))
        }
    }

    @Test("A file that is not there is missing; so is a folder")
    func missing() {
        expectError(.missing) { try SafetensorsFile(path: folder.path + "/none") }
        expectError(.missing, containing: "not a regular file") { try SafetensorsFile(path: folder.path) }
    }
}
