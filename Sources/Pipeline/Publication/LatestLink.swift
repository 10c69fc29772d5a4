import Foundation

/// `outbox/NAME/latest`, the link to the succeeded run of the name that was published last.
package enum LatestLink {
    /// Points the link beside a published run at it, unless it stands at a later one.
    ///
    /// - Throws: `PipelineError` where the link cannot be moved, or where something else than a link has its name.
    package static func point(at runFolder: String) throws {
        let parent = (runFolder as NSString).deletingLastPathComponent
        let run = (runFolder as NSString).lastPathComponent
        try OutboxPlace.check(parent)
        let entry = try FolderLock(waitingFor: parent)
        defer { withExtendedLifetime(entry) {} }
        try RunStaging.pointLatest(in: parent, atLeast: run)
    }
}

extension RunStaging {
    /// Points `latest` at `run` unless it stands at a later one. The caller holds the lock of `parent`.
    static func pointLatest(in parent: String, atLeast run: String) throws {
        let link = "\(parent)/\(latest)"
        if let current = try? FileManager.default.destinationOfSymbolicLink(atPath: link), current >= run,
            Durable.exists("\(parent)/\(current)")
        {
            return
        }
        try Durable.link(link, to: run, through: "\(parent)/\(prefix)latest")
    }
}
