import Common
import Foundation
import Glibc

/// The tokenized rows, or the scores, that are kept from job to job, in a folder for each name: what one job made can
/// mislead none but those of its own name. Nothing rests on it but time: a file that is damaged or gone is made again.
package struct RowCacheFolder: Sendable {
    static let digits = 32
    static let ending = ".rows"
    static let endingOfScores = ".scores"
    static let used = ".used"
    /// Files that a job hands over, at most: no manifest names as many files of rows.
    private static let mostFiles = 200

    /// `rows` or `scores` of the state folder.
    private let path: String
    /// Bytes of all files together.
    private let limit: Int
    /// Of the files' names.
    private let ending: String

    package init(_ path: String, limit: Int) { self.init(path, limit: limit, ending: Self.ending) }

    private init(_ path: String, limit: Int, ending: String) {
        (self.path, self.limit, self.ending) = (path, limit, ending)
    }

    /// That of scores.
    package static func scores(_ path: String, limit: Int) -> RowCacheFolder {
        RowCacheFolder(path, limit: limit, ending: endingOfScores)
    }

    /// Where those of a name lie; nil for what cannot be a folder's name.
    package static func folder(of name: String, in path: String) -> String? {
        let isName = !name.isEmpty && !name.hasPrefix(".") && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
        return isName ? path + "/" + name : nil
    }

    /// Takes over what a job made, and removes what is left of it there; of all that is kept, what was of use longest ago
    /// goes where it is too much.
    ///
    /// Whoever wrote the files may have been led astray by what it read: none is opened, and no link followed.
    package func adopt(from made: String, of name: String) {
        defer { try? FileManager.default.removeItem(atPath: made) }
        guard FileSystem.isRealFolder(made), let folder = Self.folder(of: name, in: path),
            let names = try? FileSystem.names(in: made)
        else { return }
        for name in names.sorted().prefix(Self.mostFiles) {
            if name.hasSuffix(Self.used), isOwn(String(name.dropLast(Self.used.count))) {
                touch(folder + "/" + name.dropLast(Self.used.count))
            } else if isOwn(name) {
                take(made + "/" + name, to: folder, name)
            }
        }
        prune()
    }

    /// Removes what was of use longest ago until the rest is within the limit.
    package func prune() {
        var files: [(path: String, size: Int, time: timespec)] = []
        let folders = ((try? FileSystem.names(in: path)) ?? []).map { path + "/" + $0 }
        for folder in folders {
            for name in (try? FileSystem.names(in: folder)) ?? [] where isOwn(name) {
                guard let status = FileSystem.status(folder + "/" + name) else { continue }
                files.append((folder + "/" + name, Int(status.st_size), status.st_mtim))
            }
        }
        files.sort { ($0.time.tv_sec, $0.time.tv_nsec) > ($1.time.tv_sec, $1.time.tv_nsec) }
        var kept = 0
        for file in files {
            kept += file.size
            if kept > limit { unlink(file.path) }
        }
        // One that is empty is of no use; another stays.
        for folder in folders { rmdir(folder) }
    }

    private func take(_ file: String, to folder: String, _ name: String) {
        guard let status = FileSystem.status(file), status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1,
            status.st_size <= limit, (try? FileSystem.makePrivateFolder(path)) != nil,
            (try? FileSystem.makePrivateFolder(folder)) != nil
        else { return }
        guard rename(file, folder + "/" + name) == 0 else { return }
        touch(folder + "/" + name)
    }

    private func touch(_ file: String) {
        utimensat(AT_FDCWD, file, nil, AT_SYMLINK_NOFOLLOW)
    }

    /// Whether it is the name of such a file.
    private func isOwn(_ name: String) -> Bool {
        let parts = name.dropLast(ending.count).split(separator: "-", omittingEmptySubsequences: false)
        return name.hasSuffix(ending) && parts.count == 2
            && parts.allSatisfy { part in
                part.utf8.count == Self.digits
                    && part.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
            }
    }
}
