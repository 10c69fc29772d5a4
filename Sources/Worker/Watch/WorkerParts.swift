import Common
import Foundation
import Ledger
import OperatingSystem
import Registry
import Webhooks

/// A worker's parts, put together; owns the lock for as long as it lives.
struct WorkerParts: Sendable {
    let live: LiveSettings
    let folders: WorkerFolders
    let ledger: Ledger
    let intake: Intake
    let jobs: JobPool
    let courier: Courier
    let housekeeper: Housekeeper
    let followUps: FollowUps
    let wakePipe: SelfPipe
    let announcer: Announcer
    let pulse: Pulse
    let obstacles: Obstacles
    let lock: WorkerLock
    /// What is wrong at the moment, for all that tell of it.
    let troubles: Troubles
    /// Where hooks' secrets are looked up.
    let environment: [String: String]

    /// Throws `.locked` where another worker has the folders, `.webhook` where a hook's URL cannot be read, `.ledgerRefused`
    /// where the ledger is not what a worker left.
    init(_ settings: WorkerSettings, tools: WorkerTools, environment: [String: String]) throws {
        self.environment = environment
        let hooks = try ResolvedHook.resolve(settings.hooks, environment: environment)
        _ = try RunSigning(settings.configuration.signing)
        folders = try WorkerFolders(settings)
        let identity = try ProcessIdentity.current()
        lock = try WorkerLock(path: folders.lock)
        try folders.tightenState()
        try folders.markOutbox()
        let ledger = try Ledger(folders: folders)
        try ledger.requireSoundness()
        self.ledger = ledger
        let live = LiveSettings(settings, tools: tools)
        self.live = live
        announcer = Announcer(
            reportURL: settings.configuration.reportURL,
            notifyDefault: { live.settings.configuration.notifyDefault }, current: { live.settings.hooks })
        intake = Intake(
            folders: folders, ledger: ledger, settings: { live.settings }, announcer: announcer,
            reader: tools.makeReader("intake"))
        obstacles = Obstacles(folders: folders, live: live)
        let troubles = Troubles()
        self.troubles = troubles
        courier = try Courier(
            hooks, ledger: ledger, settings: settings.delivery, troubles: troubles, log: settings.log)
        housekeeper = Housekeeper(folders: folders, ledger: ledger, troubles: troubles) { live.settings }
        let followUps = FollowUps(
            ledger: ledger, registry: Registry(ledger: ledger, outbox: folders.outbox, announcer: announcer),
            announcer: announcer, exporter: tools.exporter, troubles: troubles, current: { live.settings },
            wake: { [courier] in courier.wake() })
        self.followUps = followUps
        pulse = Pulse(ServiceManager(environment: environment), longestTurn: settings.stalledAfter / 4)
        let wakePipe = try SelfPipe()
        self.wakePipe = wakePipe
        let queue = JobQueue(
            folders: folders, ledger: ledger, live: live, announcer: announcer, intake: intake, identity: identity,
            obstacles: obstacles, troubles: troubles)
        jobs = JobPool(settings.jobs.atOnce, queue: queue, troubles: troubles, log: settings.log) { [courier] in
            wakePipe.wake()
            courier.wake()
            followUps.ring()
        }
    }
}

extension Ledger {
    /// The ledger of these folders.
    package convenience init(folders: WorkerFolders) throws {
        try self.init(path: folders.ledger, backups: folders.backups) { folders.log($0) }
    }
}
