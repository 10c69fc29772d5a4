import Foundation
import Testing

/// A folder that lives as long as the object.
package final class ScratchFolder: Sendable {
    package let path: String

    /// - Parameter inMemory: in /dev/shm where there is one, for thousands of writes that a disk would flush one by one.
    package init(inMemory: Bool = false) throws {
        let hasMemory = inMemory && FileManager.default.isWritableFile(atPath: "/dev/shm")
        path = (hasMemory ? "/dev/shm/" : NSTemporaryDirectory()) + "lorad-worker-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    package func write(_ text: String, to name: String, mode: Int = 0o644) throws {
        try write(Array(text.utf8), to: name, mode: mode)
    }

    package func write(_ bytes: [UInt8], to name: String, mode: Int = 0o644) throws {
        try #require(
            FileManager.default.createFile(
                atPath: path + "/" + name, contents: Data(bytes), attributes: [.posixPermissions: mode]))
    }

    package func read(_ name: String) throws -> String {
        try String(contentsOfFile: path + "/" + name, encoding: .utf8)
    }

    package func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path + "/" + folder).sorted()
    }

    /// The bytes of every file below, for looking for what must not be there.
    package func everything() throws -> Data {
        var bytes = Data()
        let files = try #require(FileManager.default.enumerator(atPath: path))
        for case let name as String in files {
            if let data = FileManager.default.contents(atPath: path + "/" + name) { bytes += data }
        }
        return bytes
    }
}
