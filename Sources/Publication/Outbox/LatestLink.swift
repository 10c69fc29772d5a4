import Common
import Foundation

/// `outbox/NAME/latest`, the link to the succeeded run of the name that was published last.
package enum LatestLink {
    /// Points the link beside a published run at it.
    ///
    /// - Parameter onlyForward: leaves it where it leads to a run that was begun later: this one's end is made good after a
    ///   crash, and others may have ended since.
    /// - Throws: `PublicationError` where the link cannot be moved, or where something else than a link has its name.
    package static func point(at runFolder: String, onlyForward: Bool = false) throws {
        let parent = (runFolder as NSString).deletingLastPathComponent
        let run = (runFolder as NSString).lastPathComponent
        try OutboxPlace.check(parent)
        let entry = try OutboxPlace.lock(parent)
        defer { withExtendedLifetime(entry) {} }
        let link = "\(parent)/\(OutboxPlace.latest)"
        if onlyForward, let current = try? FileManager.default.destinationOfSymbolicLink(atPath: link), current >= run,
            FileSystem.exists("\(parent)/\(current)")
        {
            return
        }
        try move(in: parent, to: run)
    }

    /// The folder of the run that the link of a name leads to; nil where there is none.
    package static func run(outbox: String, name: String) -> String? {
        let parent = "\(outbox)/\(name)"
        let link = "\(parent)/\(OutboxPlace.latest)"
        guard let run = try? FileManager.default.destinationOfSymbolicLink(atPath: link), !run.contains("/"),
            FileSystem.isFolder("\(parent)/\(run)")
        else { return nil }
        return "\(parent)/\(run)"
    }

    /// The same of a run's name, for whoever holds the lock of `parent`.
    static func move(in parent: String, to run: String) throws {
        try Durable.link(
            "\(parent)/\(OutboxPlace.latest)", to: run, through: "\(parent)/\(OutboxPlace.stagingPrefix)latest")
    }
}
