import Common

/// lorad.yaml: how the worker on this machine runs. Every key is optional, and so is the file.
package struct WorkerConfiguration: Section {
    /// The folder watched for manifests.
    package var inbox = "inbox"
    /// The folder runs are published to.
    package var outbox = "outbox"
    /// The folder of pipeline defaults.
    package var pipelines = "pipelines"
    /// The folder of ledger, checkpoints and caches.
    package var state = ".lorad"
    /// Folders that a manifest's paths may lead into.
    package var allowedRoots = ["."]
    /// Threads to compute with; nil: one a core.
    package var threads: Int?
    /// Seconds between scans of the inbox beside the file system's own events.
    package var scanEvery = 30.0
    /// Seconds a manifest must lie unchanged before it is taken.
    package var quietTime = 2.0
    /// Where status messages go.
    package var hooks: [HookConfiguration] = []
    /// Hooks of a job that does not say.
    package var notifyDefault: [String] = []
    /// Where the outbox is served, for messages to lead to a run's report; nil: nowhere.
    package var reportURL: String?
    /// What one job may take of the machine.
    package var limits = LimitsConfiguration()
    /// How many run at a time, and retries.
    package var jobs = JobsConfiguration()
    /// What the owners of manifests' files may ask for.
    package var owners: [OwnerRule] = []
    /// What is removed, and what is kept twice.
    package var retention = RetentionConfiguration()
    /// Manifests that the worker submits to itself.
    package var schedule: [ScheduleConfiguration] = []
    /// What the worker tells about itself over HTTP.
    package var monitor = MonitorConfiguration()
    /// By what key published runs are signed.
    package var signing = SigningConfiguration()
    /// What is exported once an alias has moved.
    package var afterPromote: [FollowUpConfiguration] = []

    /// Files that are no job's to read, beside the state folder and what hooks name: lorad.yaml itself. No key of it.
    package var ownFiles: [String] = []

    package init() {}

    /// Where hashes of bases are remembered.
    package var hashCache: String { state + "/hashes.json" }
    /// Where tokenized rows are kept from job to job.
    package var rowCache: String { state + "/rows" }
    /// Where scores and answers are kept from job to job.
    package var scoreCache: String { state + "/scores" }

    /// The files and folders that no job reads, though they may lie under an allowed root.
    package var protectedPaths: [String] {
        let secrets = hooks.flatMap { [$0.urlFile, $0.secretFile] } + [signing.keyFile]
        return [state] + ownFiles + secrets.compactMap(\.self)
    }

    static let fields: [Field<WorkerConfiguration>] =
        folderFields + [
            .optional(
                "threads", \.threads, .integer(1...1024, example: 2), absent: "one a core", "Threads to compute with."),
            .standard(
                "scan_every", \.scanEvery, .number(NumberBounds(atLeast: 1, atMost: 86_400), example: "30"),
                standard: "30", "Seconds between scans of the inbox, beside the file system's own events."),
            .standard(
                "quiet_time", \.quietTime, .number(NumberBounds(atLeast: 0, atMost: 3600), example: "2"), standard: "2",
                "Seconds a manifest must lie unchanged before it is taken."),
            .standard(
                "hooks", \.hooks,
                .list(of: .section("{name: chat, kind: slack, url_env: CHAT_URL}"), example: "[{name: chat, …}]"),
                standard: "none", "Where status messages go."),
            .standard(
                "notify_default", \.notifyDefault, .list(of: .hookName, example: "[chat]"), standard: "none",
                "Hooks of a job whose manifest has no `notify`."),
            .optional(
                "report_url", \.reportURL, .webAddress, absent: "messages have no link",
                "The address under which something else serves the outbox; messages lead to NAME/RUN/report.html below it."
            ),
        ] + operationFields + serviceFields

    private static let operationFields: [Field<WorkerConfiguration>] = [
        .standard(
            "limits", \.limits, .section("{memory_mib: 8192}"), standard: "as below",
            "What one job may take of the machine."),
        .standard(
            "jobs", \.jobs, .section("{at_once: 2}"), standard: "as below", "How many run at a time, and retries."),
        ownersField,
        .standard(
            "retention", \.retention, .section("{keep_runs: 10}"), standard: "as below",
            "What is removed, and what is kept twice."),
    ]

    private static let serviceFields: [Field<WorkerConfiguration>] = [
        .standard(
            "schedule", \.schedule,
            .list(of: .section("{name: nightly, cron: \"30 2 * * *\", manifest: nightly.yaml}"), example: "[…]"),
            standard: "none", "Manifests that `lorad watch` submits to itself when their time comes."),
        .standard(
            "monitor", \.monitor, .section("{port: 9464}"), standard: "not served",
            "What the worker tells about itself over HTTP."),
        .standard(
            "signing", \.signing, .section("{key_file: /etc/lorad/signing.pem}"), standard: "not signed",
            "By what key published runs are signed."),
        .standard(
            "after_promote", \.afterPromote,
            .list(of: .section("{name: serving, export: merged, output: served}"), example: "[…]"),
            standard: "nothing", "What is exported once an alias has moved, so that what serves follows it."),
    ]

    private static let folderFields: [Field<WorkerConfiguration>] = [
        .standard("inbox", \.inbox, .path(example: "inbox"), standard: "`inbox`", "The folder watched for manifests."),
        .standard("outbox", \.outbox, .path(example: "outbox"), standard: "`outbox`", "The folder runs appear in."),
        .standard(
            "pipelines", \.pipelines, .path(example: "pipelines"), standard: "`pipelines`",
            "The folder of pipeline defaults."),
        .standard(
            "state", \.state, .path(example: ".lorad"), standard: "`.lorad`",
            "The folder of ledger, checkpoints and caches; on a local disk."),
        .standard(
            "allowed_roots", \.allowedRoots,
            .list(
                of: .path(example: "/srv/models"), ListRule(atLeast: 1, allowsSingle: true), example: "[., /srv/models]"
            ),
            standard: "`[.]`, the working folder", "Folders that a manifest's paths may lead into."),
    ]

    static func check(
        _ section: inout WorkerConfiguration, _ node: YAMLNode, _ context: inout ReadingContext, _ path: String
    ) {
        let names = section.hooks.map(\.name)
        for (index, hook) in (node["hooks"]?.elements ?? []).enumerated() {
            guard let name = hook["name"], let text = name.scalar?.text else { continue }
            if names.prefix(index).contains(text) {
                context.diagnostics.add(name.position, "hooks[\(index)].name \(Shown.quoted(text)) is taken already")
            }
        }
        for element in node["notify_default"]?.elements ?? [] {
            guard let text = element.scalar?.text, !names.contains(text), !names.isEmpty || node["hooks"] == nil else {
                continue
            }
            let close = Suggestion.closest(to: text, among: names).map { "; did you mean \($0)?" } ?? ""
            context.diagnostics.add(element.position, "hooks defines no \(Shown.quoted(text))\(close)")
        }
        checkFollowUps(section, node, &context)
        let entries = section.schedule.map(\.name)
        for (index, entry) in (node["schedule"]?.elements ?? []).enumerated() {
            guard let name = entry["name"], let text = name.scalar?.text, entries.prefix(index).contains(text) else {
                continue
            }
            context.diagnostics.add(name.position, "schedule[\(index)].name \(Shown.quoted(text)) is taken already")
        }
        checkOwners(section, node, &context)
        if section.inbox == section.outbox, let second = node.entry("outbox") ?? node.entry("inbox") {
            context.diagnostics.add(second.position, "inbox and outbox are the same folder")
        }
    }
}

extension Kind where Value == String {
    /// An address that a chat can open, of characters that need no escaping anywhere.
    fileprivate static var webAddress: Kind<String> {
        .text("web address", example: "https://reports.example.org/outbox", limit: 512) { text in
            let hasScheme = text.hasPrefix("https://") || text.hasPrefix("http://")
            let isPlain = text.utf8.allSatisfy { byte in
                byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
                    || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") || "._-~/:%".utf8.contains(byte)
            }
            return hasScheme && isPlain
                ? nil : "is no address, which begins with https:// or http:// and has letters, digits and ._-~/:% alone"
        }
    }
}
