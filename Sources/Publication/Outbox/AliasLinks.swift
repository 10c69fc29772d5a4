import Common
import Foundation

/// The links of a name's aliases, beside its runs: `outbox/NAME/champion`.
package struct AliasLinks {
    private let parent: String

    /// Lends the links of a name to `body` while nobody else moves one.
    ///
    /// - Throws: `PublicationError.rejected` where the name's place in the outbox is no folder; `SystemError.locked`;
    ///   what `body` throws.
    package static func locked<Result>(
        outbox: String, name: String, _ body: (AliasLinks) throws -> Result
    ) throws -> Result {
        let parent = "\(outbox)/\(name)"
        try OutboxPlace.check(parent)
        try FileSystem.makeFolder(parent)
        let lock = try OutboxPlace.lock(parent)
        return try withExtendedLifetime(lock) { try body(AliasLinks(parent: parent)) }
    }

    /// Makes an alias lead to a run, a path from the outbox; or to nothing, for nil.
    ///
    /// - Throws: `PublicationError.rejected` where something else than a link has the alias's name.
    package func set(_ alias: String, to run: String?) throws {
        let link = "\(parent)/\(alias)"
        try Self.check(link)
        let current = try? FileManager.default.destinationOfSymbolicLink(atPath: link)
        guard let run else {
            if current != nil { unlink(link) }
            return
        }
        let own = (parent as NSString).lastPathComponent + "/"
        let target = run.hasPrefix(own) ? String(run.dropFirst(own.count)) : "../\(run)"
        guard current != target else { return }
        try Durable.link(link, to: target, through: "\(parent)/\(OutboxPlace.stagingPrefix)alias")
    }

    /// Writes a file beside the runs.
    package func write(_ data: Data, _ name: String) throws {
        let path = "\(parent)/\(name)"
        guard BoundedFile.read(path, limit: 64 << 20) != data else { return }
        try AtomicFile.write(data, to: path)
    }

    /// - Throws: `PublicationError.rejected` where something else than a link stands in the place of an alias.
    package static func check(outbox: String, name: String, alias: String) throws {
        try check("\(outbox)/\(name)/\(alias)")
    }

    private static func check(_ link: String) throws {
        guard FileSystem.exists(link),
            (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) == nil
        else { return }
        throw PublicationError(
            .rejected, "\(link) is no link.", cause: "An alias is a link of that name.",
            advice: "Move it away, and try again.")
    }
}
