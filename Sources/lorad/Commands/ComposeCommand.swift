import Adapters
import ArgumentParser
import Common
import Foundation
import OperatingSystem
import Pipeline
import Worker

struct Compose: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes several LoRA adapters of one base into one, and checks what was made.",
        discussion: "The methods are those of PEFT's add_weighted_adapter; docs/registry.md says what each does.")

    @Argument(
        help: "Adapters: folders, NAME@champion, NAME@17, …; each with a weight after a colon, A:0.7 B:0.3, or of 1.")
    var adapters: [Weighted]
    @Option(help: "A Hugging Face model folder or a .gguf file.")
    var base: String
    @Option(help: "A new folder for the adapter.")
    var output: String
    @Option(help: "How they are combined.")
    var method: Method
    @Option(help: "The share of elements that ties, dare and magnitude_prune keep, above 0 and up to 1.")
    var density: Double?
    @Option(
        name: .customLong("majority-sign-method"),
        help: "What elects a sign in ties: the adapters' total, or the frequency of each sign; total unless given.")
    var majority: Majority?
    @Option(name: .customLong("svd-rank"), help: "Of what svd makes; the largest rank of all unless given.")
    var rank: Int?
    @Option(help: "What dare drops is a function of it; 0 unless given.")
    var seed: UInt64?
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    /// An adapter and how much of it.
    struct Weighted: ExpressibleByArgument {
        let name: String
        let weight: Double

        init?(argument: String) {
            let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
            // `NAME@sha256:12345678` has a colon of its own.
            if parts.count > 1, !parts[parts.count - 2].hasSuffix("@sha256"), let last = parts.last,
                let weight = Double(last), weight.isFinite
            {
                self.weight = weight
                name = parts.dropLast().joined(separator: ":")
            } else {
                weight = 1
                name = argument
            }
            if name.isEmpty { return nil }
        }
    }

    /// A method's name.
    struct Method: ExpressibleByArgument {
        let value: CompositionMethod

        init?(argument: String) {
            guard let value = CompositionMethod.all.first(where: { $0.name == argument }) else { return nil }
            self.value = value
        }

        static var allValueStrings: [String] { CompositionMethod.all.map(\.name) }
        var defaultValueDescription: String { value.name }
    }

    enum Majority: String, CaseIterable, ExpressibleByArgument {
        case total, frequency

        var value: CompositionSettings.Majority { self == .total ? .total : .frequency }
    }

    func run() throws {
        guard !FileSystem.exists(output) else {
            throw ValidationError("\(output) exists already; name a new folder.")
        }
        let settings = try CompositionSettings(
            method: method.value, density: density, majority: majority?.value, rank: rank, seed: seed)
        let parents = try adapters.map {
            Composition.Parent(name: $0.name, folder: try worker.folder($0.name), weight: $0.weight)
        }
        let signals = try StopSignals()
        let outcome = try StandaloneComposition(
            base: base, parents: parents, settings: settings, hashCache: worker.hashCache(),
            shouldStop: { signals.received }, reporter: JobReporter(ProgressPrinter().take)
        ).run(to: output)
        if json { return try Output.json(outcome) }
        Output.line("\(outcome.output): \(outcome.method), rank \(outcome.rank), \(outcome.modules) modules")
        for parent in outcome.parents {
            Output.line("  \(parent.weight) of \(parent.name), \(parent.weightsSHA256)")
        }
        let parity = outcome.parity
        Output.line(
            "read back, merged and compared on \(parity.prompts.count) prompts: largest difference of a logit "
                + String(
                    format: "%.2e of %.2e allowed; the adapter moves one by %.2e", parity.maxAbsLogitDifference,
                    parity.tolerance, parity.baseVsAdapterMaxAbsLogitDifference))
        Output.line("for the base \(outcome.baseSHA256)")
    }
}
