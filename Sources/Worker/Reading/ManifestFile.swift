import Common
import Digests
import Executors
import ForeignText
import Foundation
import Glibc
import OperatingSystem

/// A claimed manifest's bytes, checked before anybody parses them.
package struct ManifestFile: Sendable, Codable, Equatable {
    /// More is not a manifest.
    package static let largestSize = 1_048_576

    /// Empty where `mistake` is set.
    package var text = ""
    /// SHA-256 of the bytes, hexadecimal; empty where they were not read.
    package var sha256 = ""
    /// Why the file is not a manifest, as `name:line:column: message`; nil where it may be one.
    package var mistake: String?

    /// Never waits for a pipe's writer, and follows a link only where it may. Does not throw: what cannot be read is a
    /// mistake of the file, and has its fate.
    package static func read(_ path: String, name: String, followingLinks: Bool = false) -> ManifestFile {
        func refuse(_ message: String, line: Int = 1, column: Int = 1) -> ManifestFile {
            ManifestFile(mistake: "\(ForeignText.line(name)):\(line):\(column): \(message)")
        }
        guard let kind = FileSystem.status(path, followingLinks: followingLinks).map(kind) else {
            return refuse("the file has vanished")
        }
        guard kind == .regular else { return refuse("\(kind.rawValue) is not a manifest; expected a regular file") }
        let descriptor = open(path, O_RDONLY | (followingLinks ? 0 : O_NOFOLLOW) | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return refuse("the file cannot be read: \(FileSystem.reason())") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard let data = try? handle.read(upToCount: largestSize + 1) else {
            return refuse("the file cannot be read")
        }
        guard !data.isEmpty else { return refuse("the file is empty; expected a manifest") }
        guard data.count <= largestSize else {
            return refuse("the file has more than \(largestSize) bytes; expected a manifest")
        }
        let bytes = [UInt8](data)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let (line, column) = firstInvalid(bytes)
            return refuse("the bytes are not UTF-8 text", line: line, column: column)
        }
        if let end = bytes.firstIndex(of: 0) {
            // The ledger could not keep it, and a retry would run what stands before.
            let before = bytes[..<end]
            let column = end - (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1)
            return refuse(
                "the text holds a NUL character", line: before.count { $0 == UInt8(ascii: "\n") } + 1, column: column)
        }
        return ManifestFile(text: text, sha256: hash(bytes))
    }

    /// Whether it holds no more than `read` gives.
    var isBounded: Bool {
        text.utf8.count <= Self.largestSize && sha256.utf8.count <= 64 && (mistake?.utf8.count ?? 0) <= 4_096
            && text.isEmpty == (mistake != nil)
    }

    /// SHA-256, hexadecimal.
    static func hash(_ bytes: [UInt8]) -> String {
        SHA256.hexadecimal(of: bytes)
    }

    private enum Kind: String {
        case regular = "a regular file"
        case folder = "a folder"
        case link = "a symbolic link"
        case pipe = "a named pipe"
        case other = "a socket or device"
    }

    private static func kind(_ status: stat) -> Kind {
        switch status.st_mode & S_IFMT {
        case S_IFREG: .regular
        case S_IFDIR: .folder
        case S_IFLNK: .link
        case S_IFIFO: .pipe
        default: .other
        }
    }

    /// Line and column (in bytes, both from 1) of the first byte that no valid text could hold there.
    private static func firstInvalid(_ bytes: [UInt8]) -> (line: Int, column: Int) {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var (line, column) = (1, 1)
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            if scalar == "\n" {
                (line, column) = (line + 1, 1)
            } else {
                column += UTF8.width(scalar)
            }
        }
        return (line, column)
    }
}
