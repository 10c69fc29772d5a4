import Common
import Foundation

/// A folder that appears whole or not at all.
package enum Staged {
    /// Has `body` fill a hidden folder beside `path`, makes its bytes durable and renames it to `path`. Where anything
    /// fails, nothing is left.
    ///
    /// - Throws: `PublicationError.unwritable`, `SystemError.unwritable`, or what `body` throws.
    package static func folder<Result>(_ path: String, _ body: (String) throws -> Result) throws -> Result {
        let url = URL(filePath: path)
        let parent = url.deletingLastPathComponent().path
        let staging = "\(parent)/.\(url.lastPathComponent).partial-\(getpid())"
        do {
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            try FileManager.default.createDirectory(atPath: staging, withIntermediateDirectories: false)
        } catch {
            throw PublicationError(.unwritable, "\(staging) cannot be made.", cause: FileSystem.reason(of: error))
        }
        do {
            let result = try body(staging)
            // The files flushed themselves when they were written.
            try Durable.synchronize(staging)
            try Durable.rename(staging, to: url.path)
            return result
        } catch {
            try? FileManager.default.removeItem(atPath: staging)
            throw error
        }
    }
}
