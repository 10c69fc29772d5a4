import Common
import Foundation
import Ledger
import OperatingSystem
import Pipeline

/// What follows a job's end in the ledger, in this order: `latest`, its number in the registry and its promotion, its work
/// folder with the journal, its manifest. Each may be done again, so a crash between two of them is made good at the next
/// start.
struct JobSettlement: Sendable {
    let folders: WorkerFolders
    let registry: JobRegistry
    let intake: Intake
    let live: LiveSettings
    let troubles: Troubles

    /// - Parameter isLate: other jobs may have ended since.
    func settle(_ job: JobRecord, isLate: Bool = false) throws {
        guard job.state.isFinal else { return }
        let party = "latest of \(job.id)"
        do {
            try Publications(folders: folders).pointLatest(at: job, onlyForward: isLate)
            if let words = try registry.settle(job) { live.settings.log("job \(job.id): \(words)") }
            WorkFolder(folders.work(job.id)).clear(of: job)
            troubles.clear(party)
        } catch {
            // The journal stays, and with it what is to be done.
            if troubles.isNew(error, for: party) {
                live.settings.log("job \(job.id): \(told(error)) `latest` and registry follow later.")
            }
            WorkFolder(folders.work(job.id)).clear(of: job, keepingJournal: true)
        }
        do {
            try intake.settle(job)
        } catch let error as any Fault where error.mayPass {
            live.settings.log("job \(job.id): \(told(error)) Its manifest is put away later.")
        }
    }

    private func told(_ error: any Error) -> String { ErrorLines.of(error).joined(separator: " ") }
}
