import ArgumentParser
import Common
import ForeignText
import Foundation
import Ledger
import Manifests
import Publication
import Registry
import Views

struct RegistryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registry",
        abstract: "Which adapter serves, and why: versions, aliases, and the way back.",
        discussion: """
            Every run that succeeds is a version: NAME@17. Aliases move between versions: NAME@champion, and beside the \
            runs a link outbox/NAME/champion that a server follows. Commands that take an adapter's folder take \
            NAME@17, NAME@champion or NAME@sha256:DIGEST.
            """,
        subcommands: [
            RegistryList.self, RegistryShow.self, RegistryPromote.self, RegistryRollback.self, RegistryHistory.self,
            RegistryTag.self, RegistryNote.self, RegistryRetire.self, RegistryDiff.self, RegistryAncestry.self,
            RegistryImport.self, RegistryOutdated.self, RegistryPrune.self, RegistryExports.self,
        ])
}

struct RegistryList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists names with their aliases, or the versions of a name.")

    @Argument(help: "A name; every name where none is given.")
    var name: String?
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let registry = try worker.registry()
        guard let name else { return try listNames(registry) }
        let entry = try registry.known(name)
        for run in entry.unreadable {
            Failure.write("\(run) is no version: its report.json or SHA256SUMS cannot be read")
        }
        let versions = Array(entry.versions.reversed())
        if json { return try Output.json(versions.map { VersionAnswer($0, in: entry, of: registry) }) }
        let columns: [TextTable.Column] = [
            .init("version"), .init("aliases"), .init("tags", expendability: 1), .init("published", expendability: 2),
            .init("figure", expendability: 1), .init("base", expendability: 3), .init("folder"),
        ]
        let rows = versions.map { version in
            [
                version.reference, Self.aliases(version, entry, registry), Self.tags(version, entry),
                FigureFormat.time(version.publishedAt),
                Self.figure(registry.folder(of: version)), String(version.baseSHA256.prefix(12)),
                registry.folder(of: version),
            ]
        }
        Output.table(columns, rows)
        for alias in entry.aliases where alias.target == .base {
            Output.line("\(alias.alias) is the bare base")
        }
    }

    private func listNames(_ registry: Registry) throws {
        let entries = try registry.names().map { try registry.follow($0) }.filter { !$0.versions.isEmpty }
        if json { return try Output.json(entries.map(RegistryNameAnswer.init)) }
        guard !entries.isEmpty else { return Output.line("no versions yet") }
        let columns: [TextTable.Column] = [
            .init("name"), .init("versions", isRight: true), .init("newest", isRight: true), .init("aliases"),
        ]
        let rows = entries.map { entry in
            [
                entry.name, String(entry.versions.count), entry.versions.last.map { String($0.number) } ?? "-",
                entry.aliases.map { "\($0.alias) \(RegistryWords.of($0.target))" }.joined(separator: ", "),
            ]
        }
        Output.table(columns, rows)
    }

    private static func aliases(_ version: AdapterVersion, _ entry: RegistryEntry, _ registry: Registry) -> String {
        let marks =
            entry.aliases(of: version) + (version.standing == .unverified ? ["(unverified)"] : [])
            + (version.retirement == nil ? [] : ["(retired)"])
            + (registry.isThere(version) ? [] : ["(removed)"])
        return marks.isEmpty ? "-" : marks.joined(separator: ", ")
    }

    private static func tags(_ version: AdapterVersion, _ entry: RegistryEntry) -> String {
        let tags = entry.tags(of: version).map(RegistryWords.of)
        return tags.isEmpty ? "-" : tags.joined(separator: ", ")
    }

    private static func figure(_ folder: String) -> String {
        guard let headline = OutboxRun.headline(of: folder) else { return "-" }
        return HeadlineFigure.value(headline.metric, headline.adapter, slice: headline.slice)
    }
}

struct RegistryShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows a version: its folder, digest, base, aliases.")

    @Argument(help: "NAME@NUMBER, NAME@ALIAS or NAME@sha256:DIGEST.")
    var version: String
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let registry = try worker.registry()
        let found = try registry.version(VersionReference(version))
        let entry = try registry.known(found.name)
        let answer = VersionAnswer(found, in: entry, of: registry)
        if json { return try Output.json(answer) }
        Output.line("\(answer.reference), published \(FigureFormat.time(answer.publishedAt))")
        Output.line("folder     \(answer.runFolder)" + (answer.isThere ? "" : " (removed)"))
        Output.line("digest     sha256:\(answer.sha256)")
        Output.line("base       \(answer.baseSHA256)")
        Output.line("tokenizer  \(answer.tokenizerSHA256)")
        Output.line("aliases    \(answer.aliases.isEmpty ? "none" : answer.aliases.joined(separator: ", "))")
        tellRemarks(on: found, entry, registry)
        if let date = answer.retiredAt {
            Output.line("retired    \(FigureFormat.time(date)): \(answer.retiredBecause ?? "")")
        }
    }

    private func tellRemarks(on version: AdapterVersion, _ entry: RegistryEntry, _ registry: Registry) {
        if let record = registry.origin(of: version)?.importation {
            Output.line(
                "imported   from \(ForeignText.line(record.source)) by \(record.importedBy), \(version.standing.rawValue)"
            )
        }
        let tags = entry.tags(of: version).map(RegistryWords.of)
        if !tags.isEmpty { Output.line("tags       \(tags.joined(separator: ", "))") }
        for note in entry.notes(of: version) {
            Output.line("note       \(FigureFormat.time(note.date)), \(note.by): \(ForeignText.line(note.text ?? ""))")
        }
    }
}

struct RegistryPromote: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Makes an alias lead to a version, once its files are proven whole.")

    @Argument(help: "NAME@NUMBER, NAME@ALIAS or NAME@sha256:DIGEST; NAME@base for no adapter.")
    var version: String
    @Option(help: "The alias: of a-z, 0-9 and -.")
    var alias = AliasName.champion
    @Flag(help: "Go against what speaks against it; needs a --reason.")
    var force = false
    @Option(help: "Why; it is remembered.")
    var reason: String?
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func validate() throws {
        guard !force || reason?.isEmpty == false else { throw ValidationError("--force needs a --reason.") }
    }

    func run() throws {
        let registry = try worker.registry()
        let reference = try VersionReference(version)
        let target: AliasTarget =
            reference.selector == .alias(AliasName.base) ? .base : .version(try registry.version(reference).number)
        try RegistryWords.tell(
            registry.promote(
                reference.name, to: target, alias: alias, by: RegistryWords.user, reason: reason, force: force),
            json: json)
    }
}

struct RegistryRollback: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Makes an alias lead back where it led before; twice is back again.")

    @Argument(help: "A name.")
    var name: String
    @Option(help: "The number of the version to go to, or base for no adapter.")
    var to: String?
    @Option(help: "The alias.")
    var alias = AliasName.champion
    @Option(help: "Why; it is remembered.")
    var reason: String?
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func validate() throws {
        guard let to, to != AliasName.base, Int(to).map({ $0 < 1 }) ?? true else { return }
        throw ValidationError("--to takes the number of a version, or base.")
    }

    func run() throws {
        let target: AliasTarget? = to.map { Int($0).map(AliasTarget.version) ?? .base }
        try RegistryWords.tell(
            worker.registry().rollback(
                name, alias: alias, to: target, by: RegistryWords.user, reason: reason),
            json: json)
    }
}

struct RegistryHistory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Lists every move of a name's aliases, and what was said of its versions, the latest first.")

    @Argument(help: "A name.")
    var name: String
    @Option(help: "One alias alone.")
    var alias: String?
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let registry = try worker.registry()
        _ = try registry.known(name)
        let moves = try registry.moves(of: name, alias: alias)
        let remarks = alias == nil ? try registry.remarks(of: name) : []
        let lines = (moves.map(Self.line) + remarks.map(Self.line)).enumerated()
            .sorted { ($0.element.date, $1.offset) > ($1.element.date, $0.offset) }.map(\.element)
        if json { return try Output.json(lines.map(\.answer)) }
        guard !lines.isEmpty else { return Output.line("no alias has moved yet") }
        let columns: [TextTable.Column] = [
            .init("date"), .init("alias"), .init("from"), .init("to"), .init("by", expendability: 1),
            .init("reason", expendability: 2),
        ]
        Output.table(columns, lines.map(\.row))
    }

    private struct Line {
        let date: Date
        let row: [String]
        let answer: HistoryAnswer
    }

    private static func line(_ move: AliasMove) -> Line {
        Line(
            date: move.date,
            row: [
                FigureFormat.time(move.date), move.alias, move.from.map(RegistryWords.of) ?? "-",
                RegistryWords.of(move.to), move.by, (move.isForced ? "forced: " : "") + (move.reason ?? "-"),
            ], answer: .move(AliasMoveAnswer(move)))
    }

    private static func line(_ remark: VersionRemark) -> Line {
        Line(
            date: remark.date,
            row: [
                FigureFormat.time(remark.date), "(\(remark.kind.rawValue))", "-", "@\(remark.number)", remark.by,
                RegistryWords.of(remark),
            ], answer: .remark(VersionRemarkAnswer(remark)))
    }
}

struct RegistryRetire: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire", abstract: "Says that a version must not be used any more; its files stay.")

    @Argument(help: "NAME@NUMBER or NAME@sha256:DIGEST.")
    var version: String
    @Option(help: "Why; it is remembered.")
    var reason: String
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let retired = try worker.registry().retire(VersionReference(version), reason: reason)
        Output.line("\(retired.reference) is retired")
    }
}
