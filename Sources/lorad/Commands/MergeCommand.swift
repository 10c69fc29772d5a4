import ArgumentParser
import Foundation
import ModelFiles
import OperatingSystem
import Pipeline
import Worker

struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a base with an adapter merged into it, and checks what was written.")

    @Option(help: "A Hugging Face model folder or a .gguf file.")
    var base: String
    @Option(help: "The adapter's folder, or NAME@champion, NAME@17, …")
    var adapter: String
    @Option(help: "A new folder for what is written.")
    var output: String
    @Option(
        help: ArgumentHelp(
            "safetensors (a Hugging Face folder), gguf (one model.gguf), or gguf-lora (the adapter alone, unmerged, "
                + "for llama.cpp's --lora)."))
    var format = Format.safetensors
    @Option(help: "float32 or bfloat16; merging itself is done in float32.")
    var dtype = ServedDType.float32
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    /// What is written.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case safetensors, gguf
        case ggufLoRA = "gguf-lora"

        /// Nil for an adapter that is not merged.
        var merged: MergedFormat? { MergedFormat(rawValue: rawValue) }
    }

    /// What merged weights may be stored in.
    enum ServedDType: String, CaseIterable, ExpressibleByArgument {
        case float32, bfloat16

        var fileDType: FileDType { self == .bfloat16 ? .bf16 : .f32 }
    }

    func run() throws {
        guard !FileManager.default.fileExists(atPath: output) else {
            throw ValidationError("\(output) exists already; name a new folder.")
        }
        guard let format = format.merged else { return try convert() }
        let hashCache = try worker.hashCache()
        let signals = try StopSignals()
        let merge = try StandaloneMerge(
            base: base, adapter: worker.folder(adapter), format: format, dtype: dtype.fileDType, hashCache: hashCache,
            shouldStop: { signals.received }, reporter: JobReporter(ProgressPrinter().take))
        let outcome = try merge.run(to: output)
        if json { return try Output.json(outcome) }
        let parity = outcome.parity
        Output.line("\(outcome.model): \(outcome.format), \(outcome.dtype), \(outcome.bytes) bytes")
        Output.line(
            "read back and compared on \(parity.prompts.count) prompts: largest difference of a logit "
                + String(
                    format: "%.2e of %.2e allowed; the adapter moves one by %.2e", parity.maxAbsLogitDifference,
                    parity.tolerance, parity.baseVsAdapterMaxAbsLogitDifference))
        printBase(outcome.baseSHA256, isRecorded: outcome.adapterRecordsBase)
    }

    private func convert() throws {
        guard dtype == .float32 else {
            throw ValidationError("gguf-lora is written in float32; leave --dtype out.")
        }
        let outcome = try AdapterConversion(
            base: base, adapter: worker.folder(adapter), hashCache: worker.hashCache(),
            reporter: JobReporter(ProgressPrinter().take)
        ).run(to: output)
        if json { return try Output.json(outcome) }
        Output.line("\(outcome.model): \(outcome.format), \(outcome.modules) modules, read back and equal bit for bit")
        printBase(outcome.baseSHA256, isRecorded: outcome.adapterRecordsBase)
    }

    private func printBase(_ hash: String, isRecorded: Bool) {
        Output.line(
            isRecorded
                ? "the adapter was made for this base, \(hash)"
                : "the adapter does not record which base it was made for; this one is \(hash)")
    }
}
