import Adapters
import ArgumentParser
import Foundation
import ModelFiles
import Tensors
import Tokenizers
import Transformers

struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a base with an adapter merged into it, and checks what was written.")

    @Option(help: "A Hugging Face model folder.")
    var base: String
    @Option(help: "The adapter's folder.")
    var adapter: String
    @Option(help: "A new folder for the merged model.")
    var output: String
    @Flag(help: "JSON on stdout.")
    var json = false

    private struct Answer: Encodable {
        let output: String
        let difference: Float

        enum CodingKeys: String, CodingKey {
            case output
            case difference = "max_abs_logit_difference"
        }
    }

    func run() throws {
        guard !FileManager.default.fileExists(atPath: output) else {
            throw ValidationError("\(output) exists already; name a new folder.")
        }
        let options = try ModelOptions.parse(["--base", base, "--adapter", adapter])
        let (files, model, tokenizer) = try options.load()
        guard files.gguf == nil else {
            throw ModelFilesError(
                .unsupported, "Merging into a .gguf base is not supported yet; name a Hugging Face folder.")
        }
        model.slots.forEach { $0.adapter = nil }
        let attached = try LoRAAdapter.load(folder: adapter, into: model)
        try MergedWeights.writeFolder(attached, base: files, dtype: .f32, to: output)

        let probe = tokenizer.encode("The quick brown fox jumps over the lazy dog.", allowSpecial: false)
        var batch = PackedBatch()
        batch.append(tokens: probe, labels: probe.indices.map { ($0, 0) })
        let expected = try model.logits(batch)
        let written = try LanguageModel.load(BaseModelFiles(path: output), dtype: .float32, forTraining: false)
        let found = try written.logits(batch)
        let difference = zip(expected.values, found.values).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
        let largest = expected.values.reduce(Float(0)) { max($0, abs($1)) }
        guard difference <= 1e-3 * max(1, largest) else {
            throw AdaptersError(.mismatch, "The merged model in \(output) differs by \(difference) in a logit.")
        }
        if json { return try Output.json(Answer(output: output, difference: difference)) }
        print("\(output): largest difference of a logit to the adapter \(difference)")
    }
}
