import Foundation
import Ledger
import LedgerSupport
import Synchronization
import TestSupport
import Testing
import Webhooks
import Worker

/// A worker on folders of its own, with short times.
final class WorkerBench: Sendable {
    let folder: ScratchFolder
    let settings: WorkerSettings
    let environment: [String: String]
    private let lines = LogLines()

    init(
        hooks: [Hook] = [], environment: [String: String] = [:], delivery: DeliverySettings = .quick,
        change: (inout WorkerSettings) -> Void = { _ in }
    ) throws {
        folder = try ScratchFolder()
        self.environment = environment
        let lines = lines
        var settings = WorkerSettings(
            inbox: folder.path + "/inbox", outbox: folder.path + "/outbox", state: folder.path + "/state",
            scanEvery: 5, quietTime: 0.05, heldOpenTime: 1, hooks: hooks, delivery: delivery
        ) { lines.append($0) }
        settings.limits.freeDiskMiB = 0
        change(&settings)
        self.settings = settings
        _ = try WorkerFolders(settings)
    }

    var log: [String] { lines.all }
    var folders: WorkerFolders { get throws { try WorkerFolders(settings) } }
    func worker() throws -> Worker { Worker(settings) }
    func ledger() throws -> Ledger { try Ledger(folders: try folders) }

    /// Submits manifests in order, each named `NAME.yaml`, and with its name in a comment: no two are the same content.
    func submit(_ manifests: KeyValuePairs<String, String>) throws {
        for (name, text) in manifests { _ = try worker().submit("\(text)\n# \(name)", name: name + ".yaml") }
    }

    @discardableResult
    func watchOnce(_ runner: FakeRunner = FakeRunner()) throws -> WatchResult {
        try worker().watch(tools: runner.tools, once: true, stop: StopRequest(), environment: environment)
    }

    /// Runs a worker on a thread of its own while `body` runs, then asks it to stop.
    func whileWatching(
        _ runner: FakeRunner, reload: ReloadRequest? = nil, _ body: () throws -> Void
    ) throws -> WatchResult {
        let stop = try StopRequest()
        let outcome = Mutex<Result<WatchResult, any Error>?>(nil)
        let worker = try worker()
        let environment = environment
        let thread = Thread {
            let result = Result {
                try worker.watch(tools: runner.tools, once: false, stop: stop, reload: reload, environment: environment)
            }
            outcome.withLock { $0 = result }
        }
        thread.start()
        defer { stop.request() }
        try body()
        stop.request()
        try #require(eventually { outcome.withLock { $0 != nil } })
        return try outcome.withLock { try $0!.get() }
    }
}

private final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])
    func append(_ line: String) { lines.withLock { $0.append(line) } }
    /// A copy, see `WebhookServer.requests`.
    var all: [String] { lines.withLock { lines in lines.map { $0 } } }
}

extension DeliverySettings {
    static let quick = DeliverySettings(
        retryWaits: [0.05, 0.05, 0.05], jitter: 0, connectTimeout: 2, timeout: 2, drainTimeout: 5)
}
