import Compression
import Foundation
import ModelFiles

/// A file of rows as it is read, once and from its beginning: a row at a time, in memory that a row and a piece of the file
/// need. What was read is summed on the way.
package final class RowStream {
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// What messages call the file.
    package let path: String
    private let file: PiecewiseFile
    private var window: TextWindow
    private var table: DelimitedTable?
    /// Lines that were passed, of a file of JSON lines.
    private var line = 0

    /// - Parameters:
    ///   - rule: which files may be read.
    ///   - limit: of bytes, as they lie and unpacked.
    /// - Throws: as `DataFile.read`, for what the file's beginning shows.
    package init(_ path: String, rule: ReadingRule = .anything, limit: Int = DataFile.mostBytes) throws {
        self.path = path
        let file = try DataFile.translating { try PiecewiseFile(path, limit: limit, rule: rule) }
        self.file = file
        let stored = { try DataFile.translating { try file.next() } }
        if let compression = Compression(path: path) {
            let unpacking = Unpacking(compression, limit: limit, stored)
            window = TextWindow {
                do { return try unpacking.next() } catch let error as CompressionError {
                    throw DatasetsError(
                        .malformed, "\(path) \(error.message)", cause: error.cause, advice: error.advice)
                }
            }
        } else {
            window = TextWindow(stored)
        }
        let separator = DataFile.separator(path)
        try window.fill { $0.count > JSONLines.longestLine || $0.count { $0 == UInt8(ascii: "\n") } > 1 }
        if window.withBytes({ $0.starts(with: Self.byteOrderMark) }) { window.take(Self.byteOrderMark.count) }
        if let kind = window.withBytes({ DataFileKind($0, isTable: separator != nil) }) { throw kind.error(path) }
        if let separator { table = DelimitedTable(path, separator: separator) }
    }

    /// Bytes of the file as they lie, and how many of them were read.
    package var size: Int { file.size }
    package var read: Int { file.read }

    /// Of all the file's bytes as they lie, in lower-case hexadecimal; nil before its end was reached.
    package var sha256: String? { file.sha256 }

    /// The next row; nil at the end. Blank lines, and a byte order mark at the beginning, are passed over.
    ///
    /// - Throws: as `DataFile.read`. There is no going on after that.
    package func next() throws -> JSONLine? {
        if table != nil { return try table?.next(&window) }
        while let next = try nextLine() { if let row = next { return row } }
        return nil
    }

    /// Reads what is left of the file without a look at it.
    ///
    /// - Parameter onRead: called after each piece.
    /// - Returns: `sha256`.
    /// - Throws: as `DataFile.read` where it cannot be read.
    package func drain(onRead: () throws -> Void = {}) throws -> String {
        while sha256 == nil {
            _ = try DataFile.translating { try file.next() }
            try onRead()
        }
        return sha256!
    }

    /// The next line's row, `.some(nil)` of a blank one; nil at the end.
    private func nextLine() throws -> JSONLine?? {
        try window.fill { $0.count > JSONLines.longestLine || TextWindow.newline(in: $0) != nil }
        let row: (row: JSONLine?, length: Int)? = try window.withBytes { bytes in
            guard !bytes.isEmpty else { return nil }
            let end = TextWindow.newline(in: bytes) ?? bytes.count
            let text = UnsafeRawBufferPointer(rebasing: bytes[..<end])
            return (try JSONLines.row(text, number: line + 1, path), min(bytes.count, end + 1))
        }
        guard let row else { return nil }
        line += 1
        window.take(row.length)
        return .some(row.row)
    }
}

/// The part of a text that is at hand, and how more is got.
struct TextWindow {
    private var bytes: [UInt8] = []
    /// Where what is not taken yet begins.
    private var start = 0
    private let refill: () throws -> Data
    /// Whether the text ends where the window does.
    private(set) var isFinal = false

    init(_ refill: @escaping () throws -> Data) { self.refill = refill }

    /// Bytes that are not taken yet.
    var count: Int { bytes.count - start }

    /// Gets more until `isEnough`, or the text ends. Each time the window grows by what it has at least, so that looking
    /// again at all of it does not cost more than once.
    mutating func fill(_ isEnough: (UnsafeRawBufferPointer) -> Bool) throws {
        while !isFinal, !withBytes(isEnough) { try grow() }
    }

    mutating func grow() throws {
        if start > 0 {
            bytes.removeSubrange(..<start)
            start = 0
        }
        let wanted = 2 * bytes.count
        repeat {
            let more = try refill()
            isFinal = more.isEmpty
            bytes += more
        } while !isFinal && bytes.count < wanted
    }

    mutating func take(_ count: Int) { start += count }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }

    /// The place of the first line feed.
    static func newline(in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress, !bytes.isEmpty,
            let found = memchr(base, Int32(UInt8(ascii: "\n")), bytes.count)
        else { return nil }
        return UnsafeRawPointer(found) - base
    }
}
