import Common
import Executors
import Foundation
import Ledger
import Manifests
import ModelFiles
import OperatingSystem

/// Submits scheduled manifests to the worker's own inbox. What they say, and whether there is anything new in what they
/// name, the intake's process finds out.
package struct InboxSubmitter: Scheduler.Submitter {
    let configuration: @Sendable () -> WorkerConfiguration
    let folders: WorkerFolders
    let ledger: Ledger
    let reader: any IntakeReader

    package init(
        configuration: @escaping @Sendable () -> WorkerConfiguration, folders: WorkerFolders, ledger: Ledger,
        reader: any IntakeReader
    ) {
        self.configuration = configuration
        self.folders = folders
        self.ledger = ledger
        self.reader = reader
    }

    package func submit(
        _ entry: ScheduleEntry, due: Date, file: String, isWanted: () -> Bool
    ) throws -> (ScheduledRun.State, String?) {
        if try wasSubmitted(file) { return (.submitted, file) }
        let manifest = try prepared(entry, due: due, isWanted)
        if !entry.again, let unstamped = manifest.unstamped,
            let job = try unchanged(unstamped, path: entry.manifest, isWanted)
        {
            return (.unchanged, "as in job \(job.id), which succeeded: \(job.runFolder ?? "")")
        }
        return (.submitted, try Submission.submit(manifest.text, name: file, inbox: folders.inbox))
    }

    private func prepared(_ entry: ScheduleEntry, due: Date, _ isWanted: () -> Bool) throws -> ScheduledManifest {
        let request = IntakeRequest.prepare(path: entry.manifest, settings: entry.settings, due: due)
        switch try answer(request, isWanted) {
        case .prepared(let manifest): return manifest
        case .failed(let lines): throw WorkerError(.manifest, lines.joined(separator: " "))
        default: throw WorkerError(.manifest, "\(entry.manifest) could not be read.")
        }
    }

    /// In the order in which a manifest travels, so that it cannot slip past the question.
    private func wasSubmitted(_ file: String) throws -> Bool {
        if FileSystem.exists(folders.inbox + "/" + file) { return true }
        let isClaimed = try folders.claimFolders.contains { folder in
            try FileSystem.names(in: folder).contains { FileSystem.exists(folder + "/" + $0 + "/" + file) }
        }
        return try isClaimed || ledger.hasManifest(named: file)
    }

    /// A file that cannot be read, or takes the reader down, is the job's to complain of, in the usual way.
    private func unchanged(
        _ manifest: ScheduledManifest.Unstamped, path: String, _ isWanted: () -> Bool
    ) throws -> JobRecord? {
        let novelty = try Novelty.of(manifest.name, ledger: ledger) { run in
            // What it names the process that prepared the manifest said, before any of it was read.
            let inputs = manifest.inputs.flatMap(JobFiles.withLinks)
            let cache = HashCache(file: folders.hashCache)
            let request = IntakeRequest.compare(
                text: manifest.text, path: path, run: run, hashes: cache.known(under: inputs))
            do {
                guard case .compared(let difference, let hashes) = try answer(request, isWanted) else {
                    return "what it names cannot be read"
                }
                if let hashes { cache.adopt(Data(hashes.utf8), under: inputs) }
                return difference
            } catch IntakeFault.died(let how) {
                return "reading what it names, the process \(how)"
            }
        }
        guard case .unchanged(let job) = novelty else { return nil }
        return job
    }

    /// Throws `.unwritable` where there is no reader now: it is tried again.
    private func answer(_ request: IntakeRequest, _ isWanted: () -> Bool) throws -> IntakeAnswer {
        do {
            return try reader.answer(IntakeOrder(request, configuration()), isWanted: isWanted)
        } catch let fault as IntakeFault {
            throw fault.asWorkerError ?? fault
        }
    }
}
