import Common
import Foundation
import OperatingSystem

/// The files and folders that a manifest names.
enum InputFiles {
    /// When one of them, or a file right inside a folder, last changed, by the inode's own time, which no sender can set
    /// back; the distant past where there are none, nil where one is gone.
    static func lastChange(of paths: [String]) -> Date? {
        var latest = Date.distantPast
        for path in paths {
            guard let change = lastChange(of: path) else { return nil }
            latest = max(latest, change)
        }
        return latest
    }

    private static func lastChange(of path: String) -> Date? {
        func date(_ path: String) -> Date? {
            FileSystem.status(path, followingLinks: true).map {
                Date(timeIntervalSince1970: Double($0.st_ctim.tv_sec) + Double($0.st_ctim.tv_nsec) / 1e9)
            }
        }
        guard let own = date(path) else { return nil }
        guard FileSystem.isFolder(path), let names = try? FileSystem.names(in: path) else { return own }
        return names.compactMap { date(path + "/" + $0) }.reduce(own, max)
    }
}
