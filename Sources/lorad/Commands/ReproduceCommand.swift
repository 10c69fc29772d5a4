import ArgumentParser
import Common
import Foundation
import OperatingSystem
import Pipeline
import Worker

struct Reproduce: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Trains a published run again, and says whether the adapter is the same bytes.",
        discussion: """
            Base, data and parent are found where the run's manifest says, and must be the same bytes. The ledger hears \
            nothing of it. It ends with 0 where the adapters are the same, with 1 where they are not.
            """)

    @Argument(help: "outbox/NAME/RUN, or NAME@17, NAME@champion, …")
    var runFolder: String
    @Option(help: "Where the base lies, if not where the run found it.")
    var base: String?
    @Option(help: "A new folder for what is made again; it is removed where none is named.")
    var keep: String?
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        if let keep, FileManager.default.fileExists(atPath: keep) {
            throw ValidationError("\(keep) exists already; name a new folder.")
        }
        let folder = try worker.runFolder(runFolder)
        let scratch = try keep ?? (worker.load().state + "/reproductions/" + UUID().uuidString)
        try FileSystem.makeFolder(scratch)
        defer { if keep == nil { try? FileManager.default.removeItem(atPath: scratch) } }
        let signals = try StopSignals()
        let reproduction = try RunReproduction(
            folder, base: base, workFolder: scratch, hashCache: worker.hashCache(),
            shouldStop: { signals.received }, reporter: JobReporter(ProgressPrinter().take)
        ).run()
        if json { try Output.json(reproduction) } else { tell(reproduction) }
        if !reproduction.reproduced { throw ExitCode(.failed) }
    }

    private func tell(_ found: Reproduction) {
        if found.reproduced {
            Output.line("the same bytes: adapter_model.safetensors, sha256 \(found.published)")
        } else {
            Output.line("other bytes: sha256 \(found.madeAgain), published was \(found.published)")
            let largest = found.largestDifference.map { ", by at most " + FigureFormat.significant($0) } ?? ""
            Output.line("\(found.tensorsThatDiffer) of \(found.tensors) tensors differ\(largest)")
        }
        for difference in found.differences { Output.line("not as it was: \(difference)") }
        if let keep { Output.line("what was made again lies in \(keep)/outbox") }
    }
}
