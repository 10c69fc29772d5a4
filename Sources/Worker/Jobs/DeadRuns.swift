import Foundation
import Ledger
import Manifests
import Publication
import Webhooks

/// Runs in the foreground whose processes died. Whoever looks at the ledger ends them: no worker need be there.
struct DeadRuns {
    let ledger: Ledger
    let folders: WorkerFolders
    let announcer: Announcer
    let signing: SigningConfiguration

    /// Ends them in the ledger, and does what follows an end.
    ///
    /// - Returns: those that were ended now.
    @discardableResult
    func settle() throws -> [JobRecord] {
        let ended = try ledger.interruptDeadRuns(publication: Publications(folders: folders).find)
        for job in ended where job.state == .succeeded {
            guard let run = job.runFolder else { continue }
            do {
                try LatestLink.point(at: run, onlyForward: true)
                _ = try registry.settle(job)
            } catch {
                // The journal stays, and a worker does it.
                continue
            }
            WorkFolder(folders.work(job.id)).clear(of: job)
        }
        return ended
    }

    private var registry: JobRegistry {
        JobRegistry(ledger: ledger, folders: folders, announcer: announcer) { [signing] in signing }
    }
}
