import Common
import ForeignText
import Foundation
import Pipeline

/// The last line of a file that another process writes, for telling why that process died. Its end alone is read, as the
/// file may have any size.
package enum LastLine {
    private static let bytes = 4_096
    private static let characters = 300

    /// Nil where there is none, or no such regular file.
    package static func of(_ path: String) -> String? {
        let end = BoundedFile.end(of: path, count: bytes).map { String(decoding: $0, as: UTF8.self) }
        return end?.split(separator: "\n").last.map { ForeignText.line(String($0.prefix(characters))) }
    }
}
