import Foundation

/// A worker's parts, put together; owns the lock for as long as it lives.
struct WorkerParts: Sendable {
    let settings: WorkerSettings
    let folders: WorkerFolders
    let ledger: Ledger
    let intake: Intake
    let jobs: JobThread
    let courier: Courier
    let wakePipe: WakePipe
    let announcer: Announcer
    let pulse: Pulse
    private let lock: WorkerLock

    /// Throws `.locked` where another worker has the folders, `.webhook` where a hook's URL cannot be read.
    init(_ settings: WorkerSettings, runner: any JobRunner, environment: [String: String]) throws {
        self.settings = settings
        let hooks = try ResolvedHook.resolve(settings.hooks, environment: environment)
        folders = try WorkerFolders(settings)
        let identity = try ProcessIdentity.current()
        lock = try WorkerLock(path: folders.lock, holder: identity)
        let ledger = try Ledger(folders: folders)
        self.ledger = ledger
        announcer = Announcer(hooks: settings.hooks)
        intake = Intake(folders: folders, ledger: ledger, runner: runner, announcer: announcer)
        courier = try Courier(hooks, ledger: ledger, settings: settings.delivery, log: settings.log)
        pulse = Pulse(ServiceManager(environment: environment))
        let wakePipe = try WakePipe()
        self.wakePipe = wakePipe
        let queue = JobQueue(
            folders: folders, ledger: ledger, runner: runner, announcer: announcer, intake: intake, identity: identity)
        jobs = JobThread(queue: queue) { [courier] in
            wakePipe.wake()
            courier.wake()
        }
    }
}

extension Ledger {
    /// The ledger of these folders.
    package convenience init(folders: WorkerFolders) throws {
        try self.init(path: folders.ledger) { folders.log($0) }
    }
}
