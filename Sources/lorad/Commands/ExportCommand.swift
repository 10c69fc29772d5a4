import ArgumentParser
import Common
import Foundation
import Manifests
import ModelFiles
import OperatingSystem
import Pipeline
import Registry
import Worker

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes an adapter in the form that a server loads, and checks what was written.",
        discussion: ExportTargets.all.map { "\($0.name): \($0.summary)" }.joined(separator: "\n"))

    @Argument(help: "The adapter's folder, or NAME@champion, NAME@17, …")
    var adapter: String
    @Option(help: "A Hugging Face model folder or a .gguf file.")
    var base: String
    @Option(help: "The form.")
    var to: Form
    @Option(help: "A new folder for what is written.")
    var output: String
    @Option(help: "What servers are to call the adapter; its own name unless given.")
    var name: String?
    @Option(help: "Of merged: float32, bfloat16 or float16; each tensor as the base has it unless given.")
    var dtype: MergedDType?
    @Option(
        help: ArgumentHelp(
            "Of a merged GGUF: what weights are stored in; the base's own floating-point type, or F16, unless given."))
    var type: GGUFType?
    @Option(
        name: .customLong("max-kl"),
        help: ArgumentHelp(
            "Of a merged GGUF: most nats that its next-token distributions may be from those of base and adapter, in the "
                + "mean; unless given, less than the adapter itself moves them."))
    var maxKL: Double?
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    /// A form's name.
    struct Form: ExpressibleByArgument {
        let target: ExportTarget

        init?(argument: String) {
            guard let target = try? ExportTargets.named(argument) else { return nil }
            self.target = target
        }

        static var allValueStrings: [String] { ExportTargets.all.map(\.name) }
        var defaultValueDescription: String { target.name }
    }

    /// What merged safetensors may be stored in.
    enum MergedDType: String, CaseIterable, ExpressibleByArgument {
        case float32, bfloat16, float16

        var fileDType: FileDType {
            switch self {
            case .float32: .f32
            case .bfloat16: .bf16
            case .float16: .f16
            }
        }
    }

    /// What a GGUF may be stored in, by ggml's names.
    struct GGUFType: ExpressibleByArgument {
        let dtype: FileDType

        init?(argument: String) {
            let name = argument.uppercased()
            guard let dtype = GGUFTypeMix.types.first(where: { $0.rawValue == name }) else { return nil }
            self.dtype = dtype
        }

        static var allValueStrings: [String] { GGUFTypeMix.types.map(\.rawValue) }
        var defaultValueDescription: String { dtype.rawValue }
    }

    func validate() throws {
        if let maxKL, !(maxKL >= 0) { throw ValidationError("--max-kl is \(maxKL); it must be 0 or more.") }
    }

    func run() throws {
        guard !FileSystem.exists(output) else {
            throw ValidationError("\(output) exists already; name a new folder.")
        }
        let folder = try worker.folder(adapter)
        let signals = try StopSignals()
        let outcome = try AdapterExport(
            name: try name ?? ownName(folder), base: base, adapter: folder, to: to.target,
            options: ExportOptions(dtype: dtype?.fileDType, type: type?.dtype, maxKL: maxKL),
            hashCache: worker.hashCache(), shouldStop: { signals.received },
            reporter: JobReporter(ProgressPrinter().take)
        ).run(to: output)
        if json { return try Output.json(outcome) }
        ExportPage.show(outcome)
    }

    /// The registry's name of the adapter, or its folder's.
    private func ownName(_ folder: String) throws -> String {
        VersionReference.isMeant(by: adapter)
            ? try VersionReference(adapter).name : URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent
    }
}
