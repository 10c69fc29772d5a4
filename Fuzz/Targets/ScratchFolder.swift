import Foundation

/// A folder of this process for inputs that are read as files; in memory where the system has such a place.
final class ScratchFolder {
    let path: String

    init() throws {
        let memory = "/dev/shm"
        let parent = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        path = "\(parent)/lorad-fuzz-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a new file, so that one that is still mapped is not changed, and returns its path.
    @discardableResult
    func write(_ bytes: [UInt8], as name: String) throws -> String {
        let file = "\(path)/\(name)"
        unlink(file)
        guard FileManager.default.createFile(atPath: file, contents: Data(bytes)) else {
            throw CocoaError(.fileWriteUnknown)
        }
        return file
    }

    /// Removes the files whose names say so.
    func removeFiles(_ isWanted: (String) -> Bool) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: path) where isWanted(name) {
            unlink("\(path)/\(name)")
        }
    }

    /// Copies one of the repository's fixtures.
    func copy(_ fixture: String, as name: String) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Tests/Fixtures/\(fixture)")
        try write(Array(try Data(contentsOf: file)), as: name)
    }
}
