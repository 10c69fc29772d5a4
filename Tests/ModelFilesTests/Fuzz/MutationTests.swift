import Foundation
import ModelFiles
import TestSupport
import Testing
import Transformers

/// Seeded mutations of valid files: each is read to the end or refused; none may trap.
@Suite("Mutated files")
struct MutationTests {
    /// SplitMix64: the same mutations in every run.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private func mutate(_ original: [UInt8], within limit: Int, _ random: inout Generator) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let index = Int.random(in: 0..<min(limit, bytes.count), using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1:
                bytes[index] = [0, 1, 0x7F, 0x80, 0xFF, 0x22, 0x5C, 0x7B, 0x5B, 0x39].randomElement(using: &random)!
            case 2: bytes.remove(at: index)
            case 3: bytes.insert(.random(in: 0...255, using: &random), at: index)
            case 4: bytes.removeLast(Int.random(in: 0..<min(64, bytes.count), using: &random))
            default:
                // A field of eight bytes becomes one of the numbers that arithmetic stumbles over.
                let number: UInt64 = [0, 1, 1 << 31, 1 << 32, 1 << 62, 1 << 63, .max].randomElement(using: &random)!
                let end = min(index + 8, bytes.count)
                bytes.replaceSubrange(index..<end, with: SyntheticFiles.littleEndian(number).prefix(end - index))
            }
            if bytes.isEmpty { return bytes }
        }
        return bytes
    }

    /// Opens and reads everything of each mutation; returns how many were refused.
    private func run(
        _ original: [UInt8], within limit: Int, count: Int, seed: UInt64, _ read: (String) throws -> Void
    ) throws -> Int {
        var random = Generator(state: seed)
        let folder = try TemporaryFolder()
        var refused = 0
        for _ in 0..<count {
            let path = try folder.write(mutate(original, within: limit, &random), as: "mutant")
            do {
                try read(path)
            } catch is ModelFilesError {
                refused += 1
            }
        }
        return refused
    }

    private func readAll(_ source: some TensorSource) throws {
        for name in source.tensors.keys { _ = try? source.bits(name) }
    }

    @Test("Safetensors")
    func safetensors() throws {
        let refused = try run(try Fixtures.bytes("F16.safetensors"), within: 440, count: 4000, seed: 1) {
            try readAll(try SafetensorsFile(path: $0))
        }
        #expect(refused > 2000, "\(refused) of 4000")
    }

    @Test("GGUF")
    func gguf() throws {
        let refused = try run(try Fixtures.bytes("types.gguf"), within: 1100, count: 4000, seed: 2) {
            try readAll(try GGUFFile(path: $0))
        }
        #expect(refused > 1000, "\(refused) of 4000")
    }

    @Test("A base in GGUF")
    func base() throws {
        let refused = try run(try Fixtures.bytes("llama.gguf"), within: 2200, count: 2000, seed: 3) { path in
            let base = try BaseModelFiles(path: path)
            _ = try ContentHash.ofTokenizer(base)
            try base.verifyComplete(expected: [:])
        }
        #expect(refused == 2000, "nothing is expected of it, so that each is refused at last")
    }

    @Test("config.json")
    func configuration() throws {
        let refused = try run(try Fixtures.bytes("llama-sharded/config.json"), within: 553, count: 4000, seed: 4) {
            path in
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            _ = rename(path, folder + "/config.json")
            _ = try ModelConfiguration.load(folder: folder)
        }
        #expect(refused > 2000, "\(refused) of 4000")
    }
}
