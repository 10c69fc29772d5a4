import Foundation

/// Reads a file of JSON lines, one object a line, without holding the file in memory.
///
/// Lines end with LF or CR LF; the last may lack its end. Lines of white space only are passed over but keep their
/// number; a byte order mark before the first line is no part of it. https://jsonlines.org
package final class JSONLines {
    /// One line's object.
    package struct Row: Equatable, Sendable {
        /// The line in the file, from 1.
        package let line: Int
        package let members: [JSONValue.Member]

        /// The value under `key`, nil where there is none.
        package subscript(key: String) -> JSONValue? { members.first { $0.key == key }?.value }
    }

    /// The longest line that is read, in bytes: a bound on what a damaged or hostile file can make us hold.
    package static let maximumLineBytes = 4 << 20

    package let path: String
    private let maximumLineBytes: Int
    private let handle: FileHandle
    private var buffer: [UInt8] = []
    private var start = 0
    private var line = 0
    private var atEnd = false

    /// Opens `path`; throws `missing` where there is no such regular file or it cannot be read.
    package init(path: String, maximumLineBytes: Int = JSONLines.maximumLineBytes) throws {
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: resolved) else {
            throw EvaluationError(.missing, "there is no file \(path)")
        }
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw EvaluationError(.missing, "\(path) is not a file of JSON lines but a folder or a device")
        }
        guard let handle = FileHandle(forReadingAtPath: resolved) else {
            throw EvaluationError(.missing, "the file \(path) cannot be opened for reading")
        }
        self.path = path
        self.maximumLineBytes = maximumLineBytes
        self.handle = handle
    }

    deinit { try? handle.close() }

    /// The next row, nil at the end of the file; throws `malformed` for a line that is not one JSON object.
    ///
    /// After an error in a line's content the next call goes on with the next line, so that a caller can collect
    /// every mistake; after a fault in reading, or a line without an end in sight, it returns nil.
    package func next() throws -> Row? {
        while let bytes = try nextLine() {
            if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
            do {
                guard case .object(let members) = try JSONParser.parse(bytes) else {
                    throw JSONSyntaxError(column: 1, message: "expected an object, `{…}`")
                }
                return Row(line: line, members: members)
            } catch let error as JSONSyntaxError {
                throw EvaluationError(.malformed, "\(path):\(line):\(error.column): \(error.message)")
            }
        }
        return nil
    }

    /// The bytes of the next line without its end.
    private func nextLine() throws -> [UInt8]? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return try finish(buffer[start..<end])
            }
            searched = buffer.count
            guard buffer.count - start <= maximumLineBytes else {
                stop()
                throw tooLong(line + 1)
            }
            if atEnd {
                defer { start = buffer.count }
                return start < buffer.count ? try finish(buffer[start...]) : nil
            }
            searched -= start
            try fill()
        }
    }

    private func finish(_ slice: ArraySlice<UInt8>) throws -> [UInt8] {
        line += 1
        guard slice.count <= maximumLineBytes else { throw tooLong(line) }
        var bytes = slice
        if bytes.last == UInt8(ascii: "\r") { bytes = bytes.dropLast() }
        if line == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        return Array(bytes)
    }

    private func fill() throws {
        buffer.removeFirst(start)
        start = 0
        do {
            let chunk = try handle.read(upToCount: 1 << 16) ?? Data()
            atEnd = chunk.isEmpty
            buffer.append(contentsOf: chunk)
        } catch {
            stop()
            throw EvaluationError(.missing, "\(path) cannot be read after line \(line)", cause: "\(error)")
        }
    }

    /// Where the next line begins is no longer known: what follows is not read.
    private func stop() {
        buffer = []
        start = 0
        atEnd = true
    }

    private func tooLong(_ line: Int) -> EvaluationError {
        EvaluationError(.malformed, "\(path):\(line): the line is longer than \(maximumLineBytes) bytes")
    }
}
