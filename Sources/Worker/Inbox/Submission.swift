import Common
import Foundation
import Glibc
import Ledger
import OperatingSystem

/// Drops a manifest into the inbox so that nobody ever sees half of it, and nothing that waits is overwritten.
enum Submission {
    /// Writes `text` beside its final name, flushes it, and gives it that name; `NAME-2.yaml`, `NAME-3.yaml`, … where
    /// one is taken. Returns the name it got.
    ///
    /// - Parameter job: the id that the job is to have, which goes into the name; nil to leave that to the worker.
    static func submit(_ text: String, name: String, inbox: String, job: String? = nil) throws -> String {
        try check(text, name: name)
        try FileSystem.makeFolder(inbox)
        let temporary = inbox + "/.submit-" + Identifier.random(digits: 16)
        try Durable.writeNew(Data(text.utf8), to: temporary)
        defer { unlink(temporary) }
        let name = job.map { InboxNames.name(name, for: $0) } ?? name
        let stem = InboxNames.stem(name)
        let ending = name.dropFirst(stem.count)
        for number in 1...10_000 {
            let candidate = number == 1 ? name : "\(stem)-\(number)\(ending)"
            guard try Durable.linkWithoutReplacing(temporary, to: inbox + "/" + candidate) else { continue }
            try Durable.synchronize(inbox)
            return candidate
        }
        throw WorkerError(.manifest, "10,000 manifests named \(name) already wait in \(inbox).")
    }

    private static func check(_ text: String, name: String) throws {
        guard InboxNames.isManifest(name), !name.contains("/"), !name.contains("\0") else {
            throw WorkerError(.manifest, "'\(name)' is not a manifest's name; expected NAME.yaml or NAME.yml.")
        }
        guard !text.isEmpty, text.utf8.count <= ManifestFile.largestSize else {
            throw WorkerError(
                .manifest,
                "\(name) has \(text.utf8.count) bytes; expected 1 to \(ManifestFile.largestSize).")
        }
    }
}
