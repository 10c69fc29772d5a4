import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("Reading GGUF")
struct GGUFFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open(_ bytes: [UInt8]) throws -> GGUFFile {
        try GGUFFile(path: try folder.write(bytes, as: "x.gguf"))
    }

    private func entry(_ key: String, _ type: UInt32, _ value: [UInt8]) -> [UInt8] {
        SyntheticFiles.string(key) + SyntheticFiles.littleEndian(type) + value
    }

    @Test("Every element type decodes as the gguf package decodes it, to the bit")
    func reference() throws {
        let file = try GGUFFile(path: Fixtures.path("types.gguf"))
        let expected = try #require(try Fixtures.json("gguf-read.json").objectValue)
        #expect(Set(file.tensors.keys) == Set(expected.keys))
        for (name, value) in expected.members {
            #expect(file.tensors[name]?.shape == value["shape"]?.arrayValue?.compactMap(\.intValue))
            #expect(try file.bits(name) == value["bits"]?.bits, "\(name)")
        }
    }

    @Test("Every metadata type keeps its value and its type")
    func metadata() throws {
        let metadata = try GGUFFile(path: Fixtures.path("types.gguf")).metadata
        let expected: [String: GGUFValue] = [
            "t.uint8": .uint8(255), "t.int8": .int8(-128), "t.uint16": .uint16(65535), "t.int16": .int16(-32768),
            "t.uint32": .uint32(.max), "t.int32": .int32(.min), "t.float32": .float32(0.1), "t.bool": .bool(true),
            "t.string": .string("naïve 🦙\n"), "t.uint64": .uint64(.max), "t.int64": .int64(.min),
            "t.float64": .float64(0.1), "t.strings": .array(.string, [.string("a"), .string(""), .string("é")]),
            "t.ints": .array(.int32, [.int32(1), .int32(-2), .int32(3)]),
            "t.nested": .array(.array, [.array(.int32, [.int32(1), .int32(2)]), .array(.int32, [.int32(3)])]),
        ]
        for (key, value) in expected { #expect(metadata[key] == value, "\(key)") }
        #expect(metadata["t.uint64"]?.intValue == nil, "what does not fit is not clamped")
    }

    @Test("An array or text that takes a whole large file for its own is refused before it takes memory")
    func endlessMetadata() throws {
        let count = UInt64(1) << 38
        let array = SyntheticFiles.littleEndian(UInt32(7)) + SyntheticFiles.littleEndian(count)
        let path = try folder.write(SyntheticFiles.gguf(metadata: [entry("a", 9, array)]), as: "x.gguf")
        // Of holes: it takes no disk.
        try #require(truncate(path, 1 << 39) == 0)
        expectError(.malformed, containing: "more than 16777216 values of metadata") { try GGUFFile(path: path) }
        let text = SyntheticFiles.gguf(metadata: [entry("a", 8, SyntheticFiles.littleEndian(count))])
        let second = try folder.write(text, as: "y.gguf")
        try #require(truncate(second, 1 << 39) == 0)
        expectError(.malformed, containing: "a header of more than 268435456 bytes") { try GGUFFile(path: second) }
    }

    @Test("Version 2 reads as version 3; others and big-endian files are named")
    func versions() throws {
        var bytes = try Fixtures.bytes("types.gguf")
        bytes[4] = 2
        #expect(try open(bytes).tensors.count == 7)
        bytes[4] = 1
        expectError(.unsupported, containing: "version 1") { try open(bytes) }
        bytes.replaceSubrange(4..<8, with: [0, 0, 0, 3])
        expectError(.unsupported, containing: "big-endian") { try open(bytes) }
        expectError(.malformed, containing: "does not start with 'GGUF'") { try open(Array("GGML".utf8) + bytes[4...]) }
    }

    @Test("A file cut at any byte of its header or in its last tensor is refused")
    func truncated() throws {
        let bytes = try Fixtures.bytes("writer.gguf")
        let end = try #require(try GGUFFile(path: Fixtures.path("writer.gguf")).tensors["v"])
        #expect(end.elementCount == 5)
        // The last tensor's twelve bytes of padding may be missing.
        for count in 0..<(bytes.count - 12) { expectError(.malformed) { try open(Array(bytes[..<count])) } }
        _ = try open(Array(bytes[..<(bytes.count - 12)]))
    }

    @Test("Counts beyond what the file can hold are refused", arguments: [100, 1 << 32, 1 << 63, .max] as [UInt64])
    func counts(_ count: UInt64) {
        let tooMany = "announces \(count) entries"
        expectError(.malformed, containing: tooMany) { try open(SyntheticFiles.gguf(tensorCount: count)) }
        expectError(.malformed, containing: tooMany) { try open(SyntheticFiles.gguf(metadataCount: count)) }
        let string = entry("k", 8, SyntheticFiles.littleEndian(count))
        expectError(.malformed, containing: tooMany) { try open(SyntheticFiles.gguf(metadata: [string])) }
        let array = entry("k", 9, SyntheticFiles.littleEndian(UInt32(4)) + SyntheticFiles.littleEndian(count))
        expectError(.malformed, containing: tooMany) { try open(SyntheticFiles.gguf(metadata: [array])) }
    }

    @Test("Arrays nested deeper than four are refused")
    func nesting() throws {
        func nested(_ depth: Int) -> [UInt8] {
            let level = SyntheticFiles.littleEndian(UInt32(9)) + SyntheticFiles.littleEndian(UInt64(1))
            let innermost = SyntheticFiles.littleEndian(UInt32(0)) + SyntheticFiles.littleEndian(UInt64(0))
            return entry("k", 9, [[UInt8]](repeating: level, count: depth - 1).flatMap { $0 } + innermost)
        }
        _ = try open(SyntheticFiles.gguf(metadata: [nested(4)]))
        expectError(.malformed, containing: "deeper than 4") { try open(SyntheticFiles.gguf(metadata: [nested(5)])) }
        expectError(.malformed, containing: "deeper than 4") {
            try open(SyntheticFiles.gguf(metadata: [nested(50_000)]))
        }
    }

    @Test("Metadata of an unknown type, a boolean of 2, bad UTF-8 and a repeated key are refused")
    func badMetadata() {
        let cases: [([[UInt8]], String)] = [
            ([entry("k", 13, [0])], "unknown type 13"), ([entry("k", 7, [2])], "boolean of value 2"),
            ([entry("k", 8, SyntheticFiles.littleEndian(UInt64(1)) + [0xFF])], "not UTF-8"),
            ([entry("k", 0, [1]), entry("k", 0, [1])], "twice"),
            ([entry("general.alignment", 4, SyntheticFiles.littleEndian(UInt32(0)))], "power of two"),
            ([entry("general.alignment", 4, SyntheticFiles.littleEndian(UInt32(48)))], "power of two"),
            ([entry("general.alignment", 8, SyntheticFiles.string("32"))], "power of two"),
        ]
        for (metadata, problem) in cases {
            expectError(.malformed, containing: problem) { try open(SyntheticFiles.gguf(metadata: metadata)) }
        }
    }

    @Test("Tensors that do not fit the file or share bytes are refused")
    func badTensors() {
        let cases: [([[UInt8]], String)] = [
            ([SyntheticFiles.ggufTensor("a", dimensions: [17])], "cannot hold"),
            ([SyntheticFiles.ggufTensor("a", dimensions: [16], offset: 32)], "cannot hold"),
            ([SyntheticFiles.ggufTensor("a", dimensions: [1], offset: 1 << 63)], "cannot hold"),
            ([SyntheticFiles.ggufTensor("a", dimensions: [1], offset: 4)], "not aligned"),
            ([SyntheticFiles.ggufTensor("a", dimensions: [1 << 62, 4])], "cannot hold"),
            ([SyntheticFiles.ggufTensor("a", dimensions: [0, 1 << 62, 4])], "cannot hold"),
            ([SyntheticFiles.ggufTensor("a", dimensions: [1 << 63])], "dimension of"),
            ([SyntheticFiles.ggufTensor("a", dimensions: [1, 1, 1, 1, 1])], "5 dimensions"),
            ([SyntheticFiles.ggufTensor("a", dimensions: [16, 2], type: 8)], "cannot hold"),
            (
                [
                    SyntheticFiles.ggufTensor("a", dimensions: [1]),
                    SyntheticFiles.ggufTensor("a", dimensions: [1], offset: 32),
                ], "twice"
            ),
            (
                [
                    SyntheticFiles.ggufTensor("a", dimensions: [16]),
                    SyntheticFiles.ggufTensor("b", dimensions: [1], offset: 32),
                ], "same bytes"
            ),
        ]
        for (tensors, problem) in cases {
            expectError(.malformed, containing: problem) {
                try open(SyntheticFiles.gguf(tensors: tensors, dataBytes: 64))
            }
        }
    }

    @Test("One part of a split file is refused with how to join them")
    func split() throws {
        let parts = entry("split.count", 2, SyntheticFiles.littleEndian(UInt16(3)))
        let error = expectError(.unsupported, containing: "one of 3 parts") {
            try open(SyntheticFiles.gguf(metadata: [parts]))
        }
        #expect(error?.advice?.contains("--merge") == true)
        _ = try open(SyntheticFiles.gguf(metadata: [entry("split.count", 2, SyntheticFiles.littleEndian(UInt16(1)))]))
    }

    @Test("A tensor of many rows without columns has no rows to read")
    func endlessRows() throws {
        let tensor = SyntheticFiles.ggufTensor("a", dimensions: [0, 1 << 60])
        let file = try open(SyntheticFiles.gguf(tensors: [tensor]))
        #expect(file.tensors["a"]?.shape == [1 << 60, 0])
        #expect(file.tensors["a"]?.rows == 0)
        #expect(try file.bits("a") == [])
    }

    @Test("An element type of unknown size is refused; one that is known but not read only when it is read")
    func tensorTypes() throws {
        let unknown = SyntheticFiles.ggufTensor("a", dimensions: [1], type: 4242)
        expectError(.unsupported, containing: "4242") {
            try open(SyntheticFiles.gguf(tensors: [unknown], dataBytes: 64))
        }
        let known = SyntheticFiles.ggufTensor("a", dimensions: [256], type: 15)
        let file = try open(SyntheticFiles.gguf(tensors: [known], dataBytes: 292))
        expectError(.unsupported, containing: "Q8_K") { try file.bits("a") }
    }
}
