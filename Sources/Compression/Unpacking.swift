import Foundation

/// Compressed bytes unpacked a piece at a time, so that neither what is packed nor what is unpacked has to be in memory as
/// a whole.
package final class Unpacking {
    /// As much as a core's own cache takes.
    static let piece = 256 << 10

    private var reader: any UnpackingReader
    private var input: PackedBytes
    private let limit: Int
    private var unpacked = 0

    /// - Parameters:
    ///   - limit: of bytes unpacked.
    ///   - refill: gives the next of the packed bytes, and none at their end.
    package init(_ format: Compression, limit: Int, _ refill: @escaping () throws -> Data) {
        reader = format == .gzip ? GzipReader() : ZstandardReader()
        input = PackedBytes(refill)
        self.limit = limit
    }

    /// The next of what is unpacked, of several members or frames one after the other; empty at the end.
    ///
    /// - Throws: `CompressionError`, with its message to go after the file's name; as `refill`.
    package func next() throws -> Data {
        while let piece = try reader.next(&input) {
            guard !piece.isEmpty else { continue }
            unpacked += piece.count
            guard unpacked <= limit else {
                throw CompressionError(
                    .tooLarge, "holds more than \(limit) bytes unpacked, which is the most that is read.",
                    advice: "Keep the rows that matter.")
            }
            return piece
        }
        return Data()
    }
}

/// What unpacks one format.
protocol UnpackingReader {
    /// What a stretch of the input holds, which may be nothing; nil at the end.
    mutating func next(_ input: inout PackedBytes) throws -> Data?
}

/// The packed bytes that are at hand, and how more are got.
struct PackedBytes {
    /// Those that are not taken yet.
    private(set) var rest = Data()
    private let refill: () throws -> Data
    private var hasEnded = false

    init(_ refill: @escaping () throws -> Data) { self.refill = refill }

    /// Gets bytes until there are so many, or the end comes: then there are fewer.
    mutating func require(_ count: Int) throws {
        while rest.count < count, !hasEnded {
            let more = try refill()
            hasEnded = more.isEmpty
            if rest.isEmpty { rest = more } else { rest.append(more) }
        }
    }

    mutating func take(_ count: Int) { rest = rest.dropFirst(count) }

    /// The count of all that is left, which is read for it.
    mutating func countRest() throws -> Int {
        var count = rest.count
        while !hasEnded {
            let more = try refill()
            hasEnded = more.isEmpty
            count += more.count
        }
        return count
    }
}
