import Compression
import Foundation
import Testing

/// Bytes made by gzip 1.12 and zstd 1.5.4: `printf 'hello\nhello\n' | gzip -9n`, `… | zstd -19 --no-progress`.
private enum Packed {
    static let text = Data("hello\nhello\n".utf8)
    static let gzip = [UInt8]([
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xE7,
        0xCA, 0x00, 0x93, 0x00, 0x77, 0x0C, 0xC7, 0x2F, 0x0C, 0x00, 0x00, 0x00,
    ])
    static let zstandard = [UInt8]([
        0x28, 0xB5, 0x2F, 0xFD, 0x04, 0x68, 0x61, 0x00, 0x00, 0x68, 0x65, 0x6C, 0x6C, 0x6F, 0x0A, 0x68,
        0x65, 0x6C, 0x6C, 0x6F, 0x0A, 0x5C, 0x89, 0xE5, 0xF3,
    ])

    static func of(_ format: Compression) -> Data { Data(format == .gzip ? gzip : zstandard) }
}

@Suite("Compressed files")
struct CompressionTests {
    private func refusal(_ format: Compression, _ bytes: Data, limit: Int = 1 << 20) -> CompressionError? {
        #expect(throws: CompressionError.self) { try format.unpack(bytes, limit: limit) }
    }

    @Test("A name's ending tells the format")
    func names() {
        #expect(Compression(path: "a/rows.jsonl.gz") == .gzip && Compression(path: "ROWS.CSV.ZST") == .zstandard)
        #expect(Compression(path: "rows.jsonl") == nil && Compression(path: "gz") == nil)
    }

    @Test(
        "What another program packed is unpacked, members and frames one after the other",
        arguments: Compression.allCases)
    func unpacked(_ format: Compression) throws {
        let packed = Packed.of(format)
        #expect(try format.unpack(packed, limit: 1 << 20) == Packed.text)
        #expect(try format.unpack(packed + packed, limit: 24) == Packed.text + Packed.text)
        // A slice whose indices do not begin at 0.
        #expect(try format.unpack((Data([1, 2]) + packed).dropFirst(2), limit: 12) == Packed.text)
    }

    @Test("Frames that a reader skips are skipped")
    func skipped() throws {
        let note = Data([0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3])
        #expect(try Compression.zstandard.unpack(note + Packed.of(.zstandard) + note, limit: 100) == Packed.text)
    }

    @Test("Cut off anywhere, it is refused as cut off", arguments: Compression.allCases)
    func truncated(_ format: Compression) {
        let packed = Packed.of(format)
        for count in 4..<packed.count {
            let error = refusal(format, packed.prefix(count))
            #expect(error?.code == .truncated, "\(count) bytes: \(error?.message ?? "")")
        }
    }

    @Test("What follows the end is named with its length", arguments: Compression.allCases)
    func trailing(_ format: Compression) {
        for rest in [Data([0]), Data("and more".utf8)] {
            let error = refusal(format, Packed.of(format) + rest)
            #expect(error?.code == .trailing && error?.message.contains("\(rest.count) bytes after") == true)
        }
    }

    @Test("Other bytes, and bytes whose sum does not hold, are refused", arguments: Compression.allCases)
    func malformed(_ format: Compression) {
        #expect(refusal(format, Data("{\"text\": 1}".utf8))?.code == .malformed)
        #expect(refusal(format, Data())?.code == .malformed)
        var packed = Packed.of(format)
        // gzip's sum stands before its length, zstd's is the last.
        packed[packed.count - (format == .gzip ? 8 : 1)] ^= 1
        #expect(refusal(format, packed)?.code == .malformed)
    }

    @Test("More than the bound is refused, however little it takes packed")
    func bound() throws {
        #expect(refusal(.gzip, Packed.of(.gzip), limit: 11)?.code == .tooLarge)
        #expect(refusal(.zstandard, Packed.of(.zstandard), limit: 11)?.code == .tooLarge)
        // 64 MiB of zeros in 64 KiB.
        let bomb = try zeros(64 << 20)
        #expect(bomb.count < 100_000)
        #expect(refusal(.gzip, bomb, limit: 1 << 20)?.code == .tooLarge)
        #expect(try Compression.gzip.unpack(bomb, limit: 64 << 20).count == 64 << 20)
    }

    private func zeros(_ count: Int) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "head -c \(count) /dev/zero | gzip -9n"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return data
    }
}
