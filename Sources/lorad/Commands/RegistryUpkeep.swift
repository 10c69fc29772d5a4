import ArgumentParser
import Common
import ForeignText
import Foundation
import Ledger
import Manifests
import ModelFiles
import Pipeline
import Registry
import Views
import Worker

struct RegistryPrune: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Removes old runs now, by a policy or by lorad.yaml's retention.",
        discussion: """
            Runs stay that an alias or another link leads to, that a run which stays went on from, and that a job which \
            has not ended needs. With --keep or --older-than failed runs are left alone.
            """)

    @Argument(help: "A name; every name where none is given.")
    var name: String?
    @Option(help: "Succeeded runs of a name that stay, the latest.")
    var keep: Int?
    @Option(name: .customLong("older-than"), help: "Days for which every run stays.")
    var olderThan: Int?
    @Flag(name: .customLong("dry-run"), help: "Remove nothing, and tell what would be.")
    var dryRun = false
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func validate() throws {
        if let keep, keep < 0 { throw ValidationError("--keep is \(keep); it must be 0 or more.") }
        if let olderThan, !(0...36_500).contains(olderThan) {
            throw ValidationError("--older-than is \(olderThan); it must be 0 to 36500 days.")
        }
    }

    func run() throws {
        _ = try worker.registry()
        let removed = try worker.worker().prune(
            name: name, by: PruningPolicy(keep: keep, olderThan: olderThan), dryRun: dryRun, user: RegistryWords.user)
        if json { return try Output.json(removed) }
        for folder in removed { Output.line("\(folder) \(dryRun ? "would be removed" : "was removed")") }
        if removed.isEmpty { Output.line("nothing is to be removed") }
    }
}

struct RegistryImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Takes an adapter from elsewhere in as a version, and proves it on its base.",
        discussion: """
            Its two files are copied byte for byte. Until its merged weights have answered as base and adapter do it is \
            unverified, and is promoted with --force alone; `lorad verify NAME@NUMBER` tries again.
            """)

    @Argument(help: "A folder with adapter_config.json and adapter_model.safetensors.")
    var folder: String
    @Option(help: "The base that it is for: a Hugging Face model folder or a .gguf file.")
    var base: String
    @Option(help: "What it is to be a version of.")
    var name: String
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        _ = try worker.load()
        let (version, verdict) = try worker.worker().importAdapter(
            folder, base: base, name: name, user: RegistryWords.user, reporter: JobReporter(ProgressPrinter().take))
        let registry = try worker.registry()
        if json {
            try Output.json(VersionAnswer(version, in: try registry.known(version.name), of: registry))
        } else {
            Output.line("\(version.reference) is \(version.standing.rawValue): \(registry.folder(of: version))")
            for check in verdict.checks where check.status == .failed {
                Output.line("FAILED      \(check.name.rawValue): \(check.detail)")
            }
        }
        if let fault = verdict.fault { throw ExitCode(fault) }
    }
}

struct RegistryOutdated: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outdated", abstract: "Lists names whose adapter was trained on other bytes than a base has now.",
        discussion: """
            Of each name the champion counts, or where there is none the newest version. With --enqueue the manifest of \
            its last run is dropped into the inbox, on the base as it is now, without adapter.init_from and stamp.
            """)

    @Option(help: "The base as it is now: a Hugging Face model folder or a .gguf file.")
    var base: String
    @Option(
        help: "Where it lay before, or the first 8 or more digits of its hash then; where it lies now unless given.")
    var replaces: String?
    @Flag(help: "Drop their manifests into the inbox, as new jobs.")
    var enqueue = false
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let worker = try worker.worker()
        let (hash, adapters) = try worker.outdated(base: base, replacing: replaces)
        var answers = adapters.map {
            OutdatedAnswer($0.version, aliases: $0.aliases, successor: $0.successor, manifest: $0.manifest)
        }
        if enqueue {
            let enqueued = try worker.enqueue(adapters, on: hash, named: replaces.map { _ in base })
            for (index, outcome) in enqueued.enumerated() { answers[index].take(outcome) }
        }
        if json { return try Output.json(OutdatedListAnswer(base: base, sha256: hash.sha256, adapters: answers)) }
        guard !answers.isEmpty else { return Output.line("no adapter is outdated: \(base) is \(hash.sha256)") }
        Output.table(
            [
                .init("version"), .init("aliases"), .init("published", expendability: 2), .init("trained on"),
                .init(enqueue ? "job" : "to do"),
            ],
            answers.map { answer in
                [
                    answer.reference, answer.aliases.isEmpty ? "-" : answer.aliases.joined(separator: ", "),
                    FigureFormat.time(answer.publishedAt), String(answer.baseSHA256.prefix(12)),
                    enqueue ? answer.words : answer.toDo,
                ]
            })
    }
}

extension OutdatedAnswer {
    fileprivate mutating func take(_ outcome: Enqueued) {
        switch outcome {
        case .submitted(let job, let path): (status, self.job, self.path) = ("submitted", job, path)
        case .repeated(let job): (status, self.job) = ("repeated", job)
        case .left(let why): (status, self.why) = ("left", why)
        }
    }

    /// What became of it.
    fileprivate var words: String {
        switch status {
        case "submitted": job ?? ""
        case "repeated": "\(job ?? ""), which was there"
        default: "none: \(why ?? "")"
        }
    }

    /// What is left to do.
    fileprivate var toDo: String {
        if let successor { return "promote \(successor)" }
        return manifest == nil ? "nothing: it has no manifest" : "--enqueue"
    }
}
