import Foundation

/// A folder that is removed with this object; in memory where the system has such a place, since the tests write
/// thousands of small files and flush many of them.
final class TemporaryFolder {
    let path: String

    init() throws {
        let memory = "/dev/shm/"
        let parent = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        path = parent + "lorad-modelfiles-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ bytes: [UInt8], as name: String) throws -> String {
        let file = "\(path)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    @discardableResult
    func write(_ text: String, as name: String) throws -> String { try write(Array(text.utf8), as: name) }

    func copyFixture(_ name: String) throws {
        for file in try FileManager.default.contentsOfDirectory(atPath: Fixtures.path(name)) {
            try FileManager.default.copyItem(atPath: Fixtures.path("\(name)/\(file)"), toPath: "\(path)/\(file)")
        }
    }
}
