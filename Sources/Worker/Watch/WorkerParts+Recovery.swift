import Common
import Executors
import Foundation
import Registry

extension WorkerParts {
    /// Puts the jobs of an earlier worker back in the queue, ending what is left of their processes, each within
    /// `patience` seconds. Jobs of this worker's own are left alone, so it may be called again while some run.
    ///
    /// - Returns: the jobs that something still holds which could not be ended.
    func recover(patience: Double, isFirst: Bool = true) throws -> [String] {
        let log = live.settings.log
        // Before anybody else may work on their jobs: processes whose worker died end with it, but one that is stopped
        // (SIGSTOP) or sleeps in the kernel has not yet.
        let executor = live.tools.executor
        for orphan in try ledger.orphans() where executor.liveness(of: orphan.execution) != .dead {
            let hasEnded = executor.end(orphan.execution, within: patience)
            guard hasEnded || isFirst else { continue }
            let process = orphan.execution.process.map { "its process \($0.pid)" } ?? "what works on it"
            log(
                "job \(orphan.job): \(process) outlived its worker "
                    + (hasEnded ? "and was ended" : "and cannot be ended"))
        }
        let publications = Publications(folders: folders)
        let report = try ledger.recover(
            maximumCrashes: live.settings.maximumCrashes, announcer: announcer,
            liveness: executor.liveness, publication: publications.find)
        for job in report.published { log("job \(job): its run was published before its worker died") }
        if isFirst {
            for job in report.undecided {
                log("job \(job): its run may be in the outbox, which is not there; left alone until that is back")
            }
        }
        try settleEnded(publications)
        for job in report.resumed { log("job \(job): goes on where it was stopped") }
        for job in report.rescued { log("job \(job): its worker died; queued again") }
        for job in report.abandoned { log("job \(job): its worker died too often; failed") }
        let held = report.held.filter { !jobs.runningJobs.contains($0) }
        if isFirst {
            for job in held { log("job \(job): is still held by a live process; left alone until that ends") }
            followAliases()
        }
        return held + report.undecided
    }

    /// Runs in the foreground whose processes died.
    var deadRuns: DeadRuns {
        DeadRuns(
            ledger: ledger, folders: folders, announcer: announcer, signing: live.settings.configuration.signing)
    }

    private var jobRegistry: JobRegistry {
        JobRegistry(ledger: ledger, folders: folders, announcer: announcer) { [live] in
            live.settings.configuration.signing
        }
    }

    private var registry: Registry { Registry(ledger: ledger, outbox: folders.outbox, announcer: announcer) }

    /// Makes the links of every name's aliases lead where the ledger says: a move may have been cut off in between.
    private func followAliases() {
        guard FileSystem.exists(folders.outboxMark) else { return }
        func tell(_ error: any Error) {
            live.settings.log("the registry's links do not follow: " + ErrorLines.of(error).joined(separator: " "))
        }
        do {
            for name in try ledger.namesOfAliases() {
                do { try registry.follow(name) } catch { tell(error) }
            }
        } catch { tell(error) }
    }

    /// Does what a crash or an outbox that was away left undone of jobs that have ended.
    private func settleEnded(_ publications: Publications) throws {
        let settlement = JobSettlement(
            folders: folders, registry: jobRegistry, intake: intake, live: live, troubles: troubles)
        for id in try publications.pending() {
            if let job = try ledger.find(id) { try settlement.settle(job, isLate: true) }
        }
    }
}
