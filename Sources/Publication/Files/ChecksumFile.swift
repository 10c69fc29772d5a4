import Common
import Foundation

/// `SHA256SUMS` as GNU coreutils writes and `sha256sum -c` reads it: 64 hexadecimal digits, two spaces, the path. A path
/// with a backslash or a line break has them escaped (`\\`, `\n`, `\r`) and its line begins with a backslash.
package enum ChecksumFile {
    /// The file's name in a run's folder.
    package static let name = "SHA256SUMS"

    /// One line of the file.
    struct Entry: Equatable {
        let path: String
        let sha256: String
    }

    /// The file's text for these entries, in their order.
    static func text(_ entries: [Entry]) -> String {
        entries.map { entry in
            let escaped = entry.path.unicodeScalars.reduce(into: "") { text, scalar in
                switch scalar {
                case "\\": text += "\\\\"
                case "\n": text += "\\n"
                case "\r": text += "\\r"
                default: text.unicodeScalars.append(scalar)
                }
            }
            return "\(escaped == entry.path ? "" : "\\")\(entry.sha256)  \(escaped)\n"
        }.joined()
    }

    /// Reads one line; nil where it is no checksum line or its path leads out of the folder.
    static func entry(_ line: Substring) -> Entry? {
        let escaped = line.hasPrefix("\\")
        let body = escaped ? line.dropFirst() : line
        let digest = body.prefix(64)
        let rest = body.dropFirst(64)
        guard digest.utf8.count == 64, digest.allSatisfy({ $0.isASCII && $0.isHexDigit }),
            rest.hasPrefix("  ") || rest.hasPrefix(" *"),
            let path = escaped ? unescaped(rest.dropFirst(2)) : String(rest.dropFirst(2)), staysInside(path)
        else { return nil }
        return Entry(path: path, sha256: digest.lowercased())
    }

    /// Bytes of a list that is read.
    private static let largestSize = 16 << 20

    /// What a folder's list says of a file; nil where there is no list, or it does not name it.
    package static func sha256(of path: String, in folder: String) -> String? {
        read(in: folder)?.entries.first { $0.path == path }?.sha256
    }

    /// A folder's list: its bytes, and those of its lines that are entries; nil where there is none.
    static func read(in folder: String) -> (data: Data, entries: [Entry])? {
        BoundedFile.read("\(folder)/\(name)", limit: largestSize).map { data in
            (data, String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap(entry))
        }
    }

    private static func unescaped(_ text: Substring) -> String? {
        var result = String.UnicodeScalarView()
        var scalars = text.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "\\" else {
                result.append(scalar)
                continue
            }
            switch scalars.next() {
            case "\\": result.append("\\")
            case "n": result.append("\n")
            case "r": result.append("\r")
            default: return nil
            }
        }
        return String(result)
    }

    private static func staysInside(_ path: String) -> Bool {
        !path.isEmpty && !path.hasPrefix("/") && !path.contains("\0")
            && path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
                !$0.isEmpty && $0 != "." && $0 != ".."
            }
    }
}
