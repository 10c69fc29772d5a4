import Common
import Foundation
import OperatingSystem

/// Which files some paths lead to at a moment.
///
/// Rules hold for the files that were there when they were made. Data that is renamed over an old file while a job
/// starts is another file, and cannot be read: the next attempt can.
package struct PathsSeen: Equatable {
    private let files: [String: [UInt64]]

    package init(_ paths: [String]) {
        files = Dictionary(
            paths.map { path in
                let status = FileSystem.status(path, followingLinks: true)
                return (path, status.map { [UInt64($0.st_dev), UInt64($0.st_ino)] } ?? [])
            }, uniquingKeysWith: { first, _ in first })
    }

    /// A path that leads elsewhere by now; nil where none does.
    package var moved: String? {
        let now = PathsSeen(Array(files.keys))
        return files.keys.sorted().first { files[$0] != now.files[$0] }
    }
}
