import Foundation

/// A format that files are compressed in.
package enum Compression: String, CaseIterable, Sendable {
    /// https://www.rfc-editor.org/rfc/rfc1952
    case gzip
    /// https://www.rfc-editor.org/rfc/rfc8878
    case zstandard

    /// What files are called, after the last dot.
    package var pathExtension: String { self == .gzip ? "gz" : "zst" }

    /// As messages call it.
    package var name: String { self == .gzip ? "gzip" : "zstd" }

    /// The format of a file by its name; nil where it names none.
    package init?(path: String) {
        let ending = (path as NSString).pathExtension.lowercased()
        guard let format = Self.allCases.first(where: { $0.pathExtension == ending }) else { return nil }
        self = format
    }

    /// What the bytes hold: of several members or frames, one after the other, what all of them hold.
    ///
    /// They are unpacked piece by piece, so that bytes which hold more than `limit` cost no more memory than that.
    ///
    /// - Parameter limit: of bytes unpacked.
    /// - Throws: `CompressionError`, with its message to go after the file's name.
    package func unpack(_ bytes: Data, limit: Int) throws(CompressionError) -> Data {
        switch self {
        case .gzip: try GzipReader.unpack(bytes, limit: limit)
        case .zstandard: try ZstandardReader.unpack(bytes, limit: limit)
        }
    }
}

/// What is unpacked, up to a limit.
struct UnpackedBytes {
    /// As much as a core's own cache takes.
    static let piece = 256 << 10

    private(set) var data = Data()
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func append(_ bytes: UnsafeRawBufferPointer) throws(CompressionError) {
        guard data.count + bytes.count <= limit else {
            throw CompressionError(
                .tooLarge, "holds more than \(limit) bytes unpacked, which is the most that is read.",
                advice: "Keep the rows that matter.")
        }
        data.append(bytes.bindMemory(to: UInt8.self))
    }
}
