import Common
import Foundation
import Manifests
import Publication

/// The adapter that a job goes on from, as it was found when the job began: `parent.json` in its work folder, version 1.
/// Later attempts go by it, wherever `latest` leads by then.
package struct ParentPin: Codable, Equatable, Sendable {
    package var version = 1
    /// As the manifest names it.
    package let initFrom: String
    /// Where it lies.
    package let folder: String
    /// SHA-256 of its weights' file; nil until that was read.
    package var sha256: String?

    private enum CodingKeys: String, CodingKey {
        case version, folder, sha256
        case initFrom = "init_from"
    }

    /// Bytes; a path and a hash take less.
    private static let largestSize = 64 << 10

    /// What the manifest's `init_from` leads to: by an earlier attempt's finding, else as it is now. Nil where the manifest
    /// names none.
    ///
    /// - Parameter references: where the registry led when the job began.
    /// - Throws: `PublicationError.missing` where nothing of the name is published, or the registry has no such version.
    package static func find(
        _ manifest: JobManifest, outbox: String, workFolder: String, references: JobReferences
    ) throws -> ParentPin? {
        guard let given = manifest.adapter.initFrom else { return nil }
        if let data = BoundedFile.read(path(workFolder), limit: largestSize),
            let pin = try? JSONDecoder().decode(ParentPin.self, from: data), pin.version == 1, pin.initFrom == given
        {
            return pin
        }
        if manifest.initReference != nil {
            guard let parent = references.parent else {
                let lines = references.parentFault ?? ["There is no registry yet that could know \(given)."]
                throw PublicationError(
                    .missing, lines[0], cause: lines.count > 2 ? lines[1] : nil,
                    advice: lines.count > 1 ? lines.last : nil)
            }
            return ParentPin(initFrom: given, folder: parent.folder)
        }
        let folder = try manifest.adapter.initFolder ?? run(given, name: manifest.name, outbox: outbox)
        return ParentPin(initFrom: given, folder: folder)
    }

    /// Keeps it for later attempts.
    ///
    /// - Throws: `SystemError.unwritable`.
    package func keep(in workFolder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(try encoder.encode(self), to: Self.path(workFolder))
    }

    /// Forgets what an earlier job in the same work folder found.
    package static func forget(in workFolder: String) { try? FileManager.default.removeItem(atPath: path(workFolder)) }

    private static func path(_ workFolder: String) -> String { workFolder + "/parent.json" }

    /// A run in the outbox: `NAME`, `NAME/RUN`, or a run of the job's own name. Nights of lorad 0.2 and before, which lie in
    /// folders `NAME-STAMP`, are runs of the name.
    private static func run(_ given: String, name: String, outbox: String) throws -> String {
        let parts = given.split(separator: "/").map(String.init)
        let advice =
            "A name is that of a job that was published, a run one of its folders in the outbox (`lorad runs`); a folder "
            + "elsewhere begins with ./ or /."
        if parts.count == 1, !RunIdentifier.isFolderName(parts[0]) {
            guard let run = OutboxRun.lastGood(outbox: outbox, name: parts[0]) else {
                throw PublicationError(
                    .missing, "No succeeded run of the name \(parts[0]) is published in \(outbox).", advice: advice)
            }
            return run
        }
        let run = parts[parts.count - 1]
        guard RunIdentifier.isFolderName(run),
            let folder = OutboxRun.folder(outbox: outbox, name: parts.count == 1 ? name : parts[0], run: run)
        else { throw PublicationError(.missing, "There is no run \(given) in \(outbox).", advice: advice) }
        return folder
    }
}
