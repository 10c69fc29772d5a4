import Common
import Executors
import Foundation
import JobReports
import Ledger
import Manifests
import ModelFiles
import OperatingSystem
import Pipeline
import Registry
import Webhooks

/// A job that somebody runs by hand: in this process, beside the queue. The ledger knows it as any other job, and no
/// worker is needed for it.
package struct ForegroundRun {
    private let settings: WorkerSettings
    private let shouldStop: @Sendable () -> Bool
    private let report: @Sendable (JobReport) -> Void

    private var configuration: WorkerConfiguration { settings.configuration }

    /// - Parameters:
    ///   - shouldStop: asked between steps; true ends it with its checkpoint written.
    ///   - report: takes what the job tells.
    package init(
        _ configuration: WorkerConfiguration, shouldStop: @escaping @Sendable () -> Bool,
        report: @escaping @Sendable (JobReport) -> Void
    ) {
        settings = WorkerSettings(configuration) { _ in }
        self.shouldStop = shouldStop
        self.report = report
    }

    /// Runs the job of a manifest's file to its end, or goes on with an earlier run of the same content that was cut off.
    ///
    /// - Parameters:
    ///   - changes: `key=value`, each put into the manifest.
    ///   - begun: told of the job once the ledger has it, and before it is worked on.
    /// - Throws: `PipelineError.locked` where another process runs a job of the name here, `.interrupted` where it was
    ///   stopped or cancelled; as `JobPipeline.run`; `ManifestsError`; `WorkerError` where there can be no ledger.
    package func run(
        manifest path: String, settings changes: [String] = [], begun: (JobRecord) -> Void = { _ in }
    ) throws -> JobResult {
        let manifest = try NightlyManifest(path: path, settings: changes, configuration)
        let name = manifest.document.manifest.name
        let folders = WorkerFolders(asking: settings)
        let state = StateFolder(folders.state)
        try state.make()
        try folders.requireLocalState()
        let place = try state.folder(forForegroundRunOf: name)
        let lock = try lock(place + "/lock", of: name)
        defer { withExtendedLifetime(lock) {} }
        // What cannot sign is told before the work, and not after.
        let signing = configuration.signing
        _ = try RunSigning(signing)
        try FileSystem.makeFolder(configuration.outbox)
        let ledger = try Ledger(folders: folders)
        let announcer = Announcer(
            hooks: settings.hooks, notifyDefault: configuration.notifyDefault, reportURL: configuration.reportURL)
        try DeadRuns(ledger: ledger, folders: folders, announcer: announcer, signing: signing).settle()
        let job = try ledger.begin(
            inForeground: newJob(manifest, path), process: try ProcessIdentity.current())
        begun(job)
        let registry = JobRegistry(ledger: ledger, folders: folders, announcer: announcer) { signing }
        let attempt = ForegroundAttempt(
            job: job, path: path, ledger: ledger, folders: folders, registry: registry, shouldStop: shouldStop,
            report: report)
        return try attempt.run(configuration, earlier: place)
    }

    /// Does what a job does before training, and nothing else: finds whatever would stop it.
    ///
    /// - Throws: as `JobPipeline.check`; `ManifestsError`.
    package func check(manifest path: String) throws -> JobCheck { try looking(at: path) { try $0.check() } }

    /// What a job would train on.
    ///
    /// - Parameter isTimed: whether some of its steps are timed, for how long it would take.
    /// - Throws: as `JobPipeline.data`; `ManifestsError`.
    package func data(manifest path: String, isTimed: Bool) throws -> DataSummary {
        try looking(at: path) { try $0.data(isTimed: isTimed) }
    }

    /// Looks at a job that is not run. What it tokenizes is kept for when it is, where there is a state folder of this
    /// account's.
    private func looking<Result>(at path: String, _ body: (JobPipeline) throws -> Result) throws -> Result {
        let document = try ManifestReading.document(path: path, configuration)
        let hasState = access(configuration.state, W_OK | X_OK) == 0
        let folder = hasState ? configuration.state : NSTemporaryDirectory()
        let made = "\(folder)/look-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        defer {
            if hasState {
                RowCacheFolder(configuration).adopt(from: made, of: document.manifest.name)
            } else {
                try? FileManager.default.removeItem(atPath: made)
            }
        }
        let environment = JobEnvironment(
            outbox: configuration.outbox, workFolder: configuration.state,
            hashCache: HashCache(file: configuration.hashCache),
            rowCache: RowCache(
                made: made, kept: RowCacheFolder.folder(of: document.manifest.name, in: configuration.rowCache)),
            policy: configuration.pathPolicy(),
            shouldStop: shouldStop, reporter: JobReporter(report), limits: JobLimits(configuration.limits),
            references: try references(of: document.manifest))
        return try body(JobPipeline(document, environment: environment))
    }

    /// Where the registry leads now; nowhere as long as there is no ledger, or for a job that asks nothing of it.
    private func references(of manifest: JobManifest) throws -> JobReferences {
        let folders = WorkerFolders(asking: settings)
        guard manifest.initReference != nil || !manifest.comparedAdapters.isEmpty, FileSystem.exists(folders.ledger)
        else { return JobReferences() }
        let registry = Registry(
            ledger: try Ledger(folders: folders), outbox: folders.outbox, announcer: NobodyTold())
        return try JobRegistry.resolve(manifest.name, manifest.initReference, registry)
    }

    private func newJob(_ manifest: NightlyManifest, _ path: String) -> NewJob {
        let settings = manifest.document.manifest
        var job = NewJob(
            id: Identifier.job(), name: settings.name, manifestFile: URL(fileURLWithPath: path).lastPathComponent,
            manifestText: manifest.text, manifestSHA256: ManifestFile.hash(Array(manifest.text.utf8)))
        job.notify = settings.notify
        job.priority = settings.priority
        job.stamp = settings.stamp
        job.wishes = settings.registryWishes
        job.owner = geteuid()
        return job
    }

    private func lock(_ path: String, of name: String) throws -> FileLock {
        if let lock = try FileLock.ifFree(path) { return lock }
        let holder = LockHolder.of(path).map { ": " + $0.words(showing: quoted) } ?? ""
        throw PipelineError(
            .locked, "Another `lorad run` of the name \(name) is under way here\(holder).",
            advice: "Wait for it, or submit the job to a worker.")
    }
}
