import Common
import ForeignText
import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The place of a name in the outbox: a folder of its own, and in it no `latest` but a link.
package enum OutboxPlace {
    /// The symbolic link, beside the runs, to the succeeded run that was published last.
    package static let latest = "latest"
    /// The lock of a name's folder: who has it adds runs, removes them, or moves links there.
    package static let entryLock = ".lock"
    /// What a staged folder's name begins with, and whatever else is on its way into the outbox.
    static let stagingPrefix = ".publishing-"
    /// Seconds that a lock is waited for: others hold it for as long as a few renames take, or the removal of what a
    /// crashed run left.
    static let lockTime = 30.0

    /// Whether an entry of an outbox is the folder of a name: not hidden, and not where rejected manifests lie.
    package static func isName(_ entry: String, in outbox: String) -> Bool {
        !entry.hasPrefix(".") && entry != "rejected" && FileSystem.isFolder("\(outbox)/\(entry)")
    }

    /// The lock of a name's folder.
    ///
    /// - Throws: `SystemError.locked` where somebody holds it for too long, `.unwritable` where it cannot be taken.
    static func lock(_ parent: String) throws -> FileLock {
        try FileLock("\(parent)/\(entryLock)", waiting: lockTime, showing: { ForeignText.quoted($0) })
    }

    /// Looks at the place of `name` before any work is done for it.
    ///
    /// - Throws: `PublicationError.rejected` where a run could be published there but not found, or would land elsewhere.
    package static func check(outbox: String, name: String) throws { try check("\(outbox)/\(name)") }

    static func check(_ parent: String) throws {
        let isFolder = kind(parent).map { $0 == S_IFDIR } ?? true
        guard isFolder else {
            throw PublicationError(
                .rejected, "\(parent) is no folder, or a link to one.",
                cause: "A run is published into a folder of its own.",
                advice:
                    "Remove it or move it away, and submit the job again; to publish elsewhere, set outbox in lorad.yaml."
            )
        }
        let latest = "\(parent)/\(latest)"
        let isLink = kind(latest).map { $0 == S_IFLNK } ?? true
        guard isLink else {
            throw PublicationError(
                .rejected, "\(latest) is no link.",
                cause: "The name is that of the link to the last run that succeeded.",
                advice: "Move it away, and submit the job again.")
        }
    }

    /// What lies at `path` itself; nil for nothing.
    private static func kind(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}
