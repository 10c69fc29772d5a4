import Foundation

/// The modes of what lorad makes, before the umask.
package enum FileModes {
    /// For a new file at `path`: its folder's. In a folder that is one account's alone (the state folder and all in it)
    /// the file is too, whatever the umask; elsewhere others may read it.
    package static func file(at path: String) -> mode_t {
        var folder = stat()
        let parent = (path as NSString).deletingLastPathComponent
        guard stat(parent.isEmpty ? "." : parent, &folder) == 0, folder.st_mode & 0o077 == 0 else { return 0o644 }
        return 0o600
    }
}
