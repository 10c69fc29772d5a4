import Common
import Foundation
import Glibc
import OperatingSystem

/// The state folder: this account's alone. It is of mode 0700, and so is every folder in it; its files are 0600, whatever
/// the umask. What lies there says what was trained and by which manifest, and whoever could open a file there could hold
/// its lock.
package struct StateFolder: Sendable {
    package let path: String

    package init(_ path: String) { self.path = path }

    var jobs: String { path + "/jobs" }
    var claims: String { path + "/claimed" }
    var backups: String { path + "/backups" }
    private var foreground: String { path + "/foreground" }
    private var rows: String { path + "/rows" }

    /// Makes it, and the folders in it that a worker needs; one that others may enter is closed to them.
    ///
    /// - Throws: `.unwritable` where it cannot be made, or belongs to another account.
    func make() throws {
        try makeItself()
        for folder in [jobs, claims] { try FileSystem.makePrivateFolder(folder) }
    }

    /// The folder that runs of a name in the foreground keep their checkpoint in, made where it is missing.
    package func folder(forForegroundRunOf name: String) throws -> String {
        try makeItself()
        for folder in [foreground, foreground + "/" + name] { try FileSystem.makePrivateFolder(folder) }
        return foreground + "/" + name
    }

    private func makeItself() throws {
        try FileSystem.makePrivateFolder(path)
        try close(path, to: 0o700)
    }

    /// Closes what an older lorad, which left modes to the umask, made readable for others. Only what is lorad's own is
    /// touched: where the inbox lies in here, it stays as open as it was made.
    func tighten() throws {
        try close(path, to: 0o700)
        for name in try FileSystem.names(in: path) where Self.isOwnFile(name) {
            try close(path + "/" + name, to: 0o600)
        }
        let folders = [jobs, claims, backups, foreground, rows]
        for folder in folders where FileSystem.isFolder(folder) { try tighten(folder) }
    }

    private func tighten(_ folder: String) throws {
        try close(folder, to: 0o700)
        for name in try FileSystem.names(in: folder) {
            let path = folder + "/" + name
            switch FileSystem.status(path).map({ $0.st_mode & S_IFMT }) {
            case S_IFDIR: try tighten(path)
            case S_IFREG: try close(path, to: 0o600)
            // What is neither stays: a link's mode is nobody's.
            default: break
            }
        }
    }

    private static func isOwnFile(_ name: String) -> Bool {
        name.hasPrefix("ledger.sqlite") || name == "worker.lock" || name == "hashes.json"
    }

    /// Takes away what `mode` does not allow. A manifest in `claimed/` may be its author's own, and stays as it is.
    private func close(_ path: String, to mode: mode_t) throws {
        guard let status = FileSystem.status(path), status.st_mode & S_IFMT != S_IFLNK, status.st_mode & 0o077 != 0
        else { return }
        if chmod(path, status.st_mode & mode) == 0 { return }
        let code = errno
        // Where the file system keeps no modes, the mount's options decide.
        if status.st_uid == geteuid() || path.hasPrefix(claims + "/") { return }
        throw WorkerError(
            .unwritable, "\(path) is open to other accounts, and belongs to one.", cause: FileSystem.reason(code),
            advice: "The state folder and all in it must be the worker's own: chown -R it, or name another folder.")
    }
}
