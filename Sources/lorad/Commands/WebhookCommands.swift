import ArgumentParser
import Foundation
import Ledger
import Views
import Worker

struct Webhooks: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists, replays and tries webhook deliveries.",
        subcommands: [ListDeliveries.self, ReplayDeliveries.self, TestWebhook.self, EnableWebhook.self])
}

extension DeliveryAnswer {
    /// Deliveries as JSON or for people; `empty` where there are none.
    static func show(_ deliveries: [DeliveryRecord], json: Bool, empty: String) throws {
        if json { return try Output.json(deliveries.map(DeliveryAnswer.init)) }
        if deliveries.isEmpty { Output.line(empty) }
        for delivery in deliveries {
            let tried = delivery.attempts == 1 ? "1 attempt" : "\(delivery.attempts) attempts"
            var line = "\(delivery.id)  \(delivery.hook)  \(delivery.subject) \(delivery.event)  "
            line += "\(delivery.state.rawValue), \(tried)"
            if let result = delivery.lastResult { line += ", \(result)" }
            if delivery.state == .pending, delivery.attempts > 0 {
                line += "; next at \(delivery.dueAt.formatted(.iso8601))"
            }
            Output.line(line)
        }
    }
}

struct ListDeliveries: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Shows deliveries, the latest last, and which hooks are disabled.")

    @Option(help: "Of this hook.")
    var hook: String?
    @Option(help: "Of this job: its id, or its name for the latest of that name.")
    var job: String?
    @Option(help: "pending, delivered or abandoned.")
    var state: DeliveryRecord.State?
    @Option(
        parsing: .unconditional, help: "At most so many, 50 where nothing is said.",
        transform: WholeNumber.within(1...1_000_000))
    var limit = 50
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let worker = try worker.worker()
        let found = try worker.deliveries(hook: hook, job: job, state: state, limit: limit)
        try DeliveryAnswer.show(found, json: json, empty: "no deliveries")
        for (hook, reason) in try worker.disabledHooks().sorted(by: { $0.key < $1.key }) {
            Failure.write("the webhook '\(hook)' is disabled (\(reason)); `lorad webhooks enable \(hook)`")
        }
    }
}

extension DeliveryRecord.State: ExpressibleByArgument {}

struct ReplayDeliveries: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Queues deliveries again, with the id, body and place in the order they had; the worker sends them.")

    @Argument(help: "Deliveries' ids (msg_…).")
    var ids: [String] = []
    @Option(help: "All that were given up for this hook.")
    var hook: String?
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func validate() throws {
        if ids.isEmpty, hook == nil { throw ValidationError("Name deliveries, or a --hook.") }
    }

    func run() throws {
        let queued = try worker.worker().replay(ids: ids, hook: hook)
        try DeliveryAnswer.show(queued, json: json, empty: "nothing was given up for that hook")
    }
}

struct TestWebhook: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Sends a hook one message of the type webhook.test, now.")

    @Argument(help: "The hook's name in lorad.yaml.")
    var hook: String
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let result = try worker.worker().testHook(hook)
        if json {
            try Output.json(result)
        } else {
            Output.line("webhook '\(hook)': \(result.result)")
        }
        if !result.delivered { throw ExitCode(.failed) }
    }
}

struct EnableWebhook: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Lets a hook that answered 410 hear of later events again.")

    @Argument(help: "The hook's name in lorad.yaml.")
    var hook: String
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        try worker.worker().enableHook(hook)
        if json { return try Output.json(HookAnswer(hook: hook, enabled: true)) }
        Output.line("webhook '\(hook)' is enabled")
    }
}
