import Foundation
import Ledger
import Publication

/// Runs in the foreground whose processes died. Whoever looks at the ledger ends them: no worker need be there.
struct DeadRuns {
    let ledger: Ledger
    let folders: WorkerFolders

    /// Ends them in the ledger, and does what follows an end.
    ///
    /// - Returns: those that were ended now.
    @discardableResult
    func settle() throws -> [JobRecord] {
        let ended = try ledger.interruptDeadRuns(publication: Publications(folders: folders).find)
        for job in ended where job.state == .succeeded {
            guard let run = job.runFolder, (try? LatestLink.point(at: run, onlyForward: true)) != nil else { continue }
            WorkFolder(folders.work(job.id)).clear(of: job)
        }
        return ended
    }
}
