import Common
import Foundation

/// Reads a small text file whole, without trusting what is at the path.
enum SourceFile {
    /// The bytes of a regular file, at most one more than the limit, so that a longer one is seen to be too long.
    static func read(_ path: String, limit: Int = YAMLLimits().bytes) throws -> [UInt8] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw ManifestsError(.missing, "There is no file \(path).")
        }
        // A pipe or a device could block or never end.
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: resolved)
        guard attributes?[.type] as? FileAttributeType == .typeRegular else {
            throw ManifestsError(.unreadable, "\(path) is \(isFolder.boolValue ? "a folder" : "not a regular file").")
        }
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: resolved))
            defer { try? handle.close() }
            return Array(try handle.read(upToCount: limit + 1) ?? Data())
        } catch {
            throw ManifestsError(.unreadable, "\(path) cannot be read.", cause: FileSystem.reason(of: error))
        }
    }
}
