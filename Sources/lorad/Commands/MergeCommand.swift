import ArgumentParser
import Foundation
import ModelFiles
import Pipeline
import Worker

struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a base with an adapter merged into it, and checks what was written.")

    @Option(help: "A Hugging Face model folder or a .gguf file.")
    var base: String
    @Option(help: "The adapter's folder.")
    var adapter: String
    @Option(help: "A new folder for the merged model.")
    var output: String
    @Option(help: "safetensors (a Hugging Face folder) or gguf (one model.gguf).")
    var format = MergedFormat.safetensors
    @Option(help: "float32 or bfloat16; merging itself is done in float32.")
    var dtype = ServedDType.float32
    @Flag(help: "JSON on stdout.")
    var json = false

    /// What merged weights may be stored in.
    enum ServedDType: String, CaseIterable, ExpressibleByArgument {
        case float32, bfloat16

        var fileDType: FileDType { self == .bfloat16 ? .bf16 : .f32 }
    }

    func run() throws {
        let signals = try StopSignals()
        let merge = StandaloneMerge(
            base: base, adapter: adapter, format: format, dtype: dtype.fileDType,
            hashCache: HashCache(file: ".lorad/hashes.json"), shouldStop: { signals.received })
        let outcome = try merge.run(to: output)
        if json { return try Output.json(outcome) }
        print("\(outcome.model): \(outcome.format), \(outcome.dtype), \(outcome.bytes) bytes")
        print(
            "read back and compared on \(outcome.parity.prompts.count) prompts: largest difference of a logit "
                + "\(outcome.parity.maxAbsLogitDifference) of \(outcome.parity.tolerance) allowed; the adapter moves one by "
                + "\(outcome.parity.baseVsAdapterMaxAbsLogitDifference)")
        print(
            outcome.adapterRecordsBase
                ? "the adapter was made for this base, \(outcome.baseSHA256)"
                : "the adapter does not record which base it was made for; this one is \(outcome.baseSHA256)")
    }
}

extension MergedFormat: ExpressibleByArgument {}
