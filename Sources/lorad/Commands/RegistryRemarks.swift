import ArgumentParser
import Common
import ForeignText
import Ledger
import Manifests
import Registry
import Views

struct RegistryTag: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Tags a version, or takes tags away; who and when is remembered.")

    @Argument(help: "NAME@NUMBER, NAME@ALIAS or NAME@sha256:DIGEST.")
    var version: String
    @Argument(help: "KEY or KEY=VALUE; with --remove KEY.")
    var tags: [String]
    @Flag(help: "Take them away.")
    var remove = false
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let registry = try worker.registry()
        let reference = try VersionReference(version)
        let tagged =
            remove
            ? try registry.untag(reference, tags, by: RegistryWords.user)
            : try registry.addTags(reference, tags, by: RegistryWords.user)
        let entry = try registry.known(tagged.name)
        if json { return try Output.json(VersionAnswer(tagged, in: entry, of: registry)) }
        let words = entry.tags(of: tagged).map(RegistryWords.of)
        Output.line("\(tagged.reference) has \(words.isEmpty ? "no tags" : words.joined(separator: ", "))")
    }
}

struct RegistryNote: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note", abstract: "Writes a note on a version; who and when is remembered.")

    @Argument(help: "NAME@NUMBER, NAME@ALIAS or NAME@sha256:DIGEST.")
    var version: String
    @Argument(help: "What is to be remembered.")
    var text: String
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let registry = try worker.registry()
        let noted = try registry.addNote(VersionReference(version), text, by: RegistryWords.user)
        let entry = try registry.known(noted.name)
        if json { return try Output.json(VersionAnswer(noted, in: entry, of: registry)) }
        let count = entry.notes(of: noted).count
        Output.line("\(noted.reference) has \(count) \(count == 1 ? "note" : "notes")")
    }
}
