import Foundation
import Ledger
import Manifests
import Pipeline
import Registry

extension RunPruning {
    /// A removal that asks the registry and the jobs that have not ended.
    init(_ folders: WorkerFolders, _ ledger: Ledger, policy: RetentionConfiguration) throws {
        let pins: [JobReferences] = try ledger.pinsOfUnfinishedJobs()
        let folderPaths = pins.flatMap { [$0.champion, $0.previous, $0.parent].compactMap(\.?.folder) }
        self.init(
            outbox: folders.outbox, policy: policy,
            registry: VersionRetention(ledger: ledger, outbox: folders.outbox),
            pinned: Set(folderPaths.map(OutboxVersionPath.of)))
    }
}

/// A run's folder as the registry names it: a path from the outbox, `NAME/RUN`.
enum OutboxVersionPath {
    /// Of a path only its end counts: an outbox is named from here and from the root.
    static func of(_ folder: String) -> String { folder.split(separator: "/").suffix(2).joined(separator: "/") }
}
