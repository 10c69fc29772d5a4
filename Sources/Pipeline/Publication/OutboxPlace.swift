import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The place of a name in the outbox: a folder of its own, and in it no `latest` but a link.
package enum OutboxPlace {
    /// Looks at the place of `name` before any work is done for it.
    ///
    /// - Throws: `PipelineError.rejected` where a run could be published there but not found, or would land elsewhere.
    package static func check(outbox: String, name: String) throws { try check("\(outbox)/\(name)") }

    static func check(_ parent: String) throws {
        let isFolder = kind(parent).map { $0 == S_IFDIR } ?? true
        guard isFolder else {
            throw PipelineError(
                .rejected, "\(parent) is no folder, or a link to one.",
                cause: "A run is published into a folder of its own.",
                advice:
                    "Remove it or move it away, and submit the job again; to publish elsewhere, set outbox in lorad.yaml."
            )
        }
        let latest = "\(parent)/\(RunStaging.latest)"
        let isLink = kind(latest).map { $0 == S_IFLNK } ?? true
        guard isLink else {
            throw PipelineError(
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
