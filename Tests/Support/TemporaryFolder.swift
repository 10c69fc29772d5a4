import Foundation

/// A folder of a test's own, removed with this object; in memory where the system has such a place, since tests write
/// thousands of small files and flush many of them.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() throws {
        let memory = "/dev/shm/"
        let parent = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        path = parent + "lorad-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The names in it, sorted.
    package var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }

    /// Writes a file and returns its path.
    @discardableResult
    package func write(_ bytes: [UInt8], as name: String) throws -> String {
        let file = "\(path)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    @discardableResult
    package func write(_ text: String, as name: String) throws -> String { try write(Array(text.utf8), as: name) }
}
