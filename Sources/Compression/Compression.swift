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
    package func unpack(_ bytes: Data, limit: Int) throws -> Data {
        var packed: Data? = bytes
        let unpacking = Unpacking(self, limit: limit) {
            defer { packed = nil }
            return packed ?? Data()
        }
        var unpacked = Data()
        while case let piece = try unpacking.next(), !piece.isEmpty { unpacked += piece }
        return unpacked
    }
}
