import Adapters
import Evaluation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Tokenizers
import Transformers

@Suite("Parity of the tiny Llama, an adapter and weights merged on disk")
struct ParityModelTests {
    private let base: BaseModelFiles
    private let model: LanguageModel
    private let prompts = ["the film was", "Review: the cast", "7"].map { RegressionPrompt(id: $0, prompt: $0) }

    init() throws {
        base = try BaseModelFiles(path: Fixtures.path("llama-tiny/base"))
        model = try LanguageModel.load(base, dtype: .float32)
    }

    /// Judges weights merged in `dtype`, after `edit` has been at the merged tensors.
    private func report(
        _ adapter: Adapter, _ precision: ParityPrecision = .float32, edit: ((Matrix) -> Void)? = nil
    ) throws -> ParityResult {
        try withTemporaryFolder { folder in
            let recorder = try ParityRecorder(
                prompts: prompts,
                generator: TextGenerator(
                    tokenizer: TokenizerLoader.load(base), endTokens: base.configuration.eosTokenIDs,
                    maximumNewTokens: 8), scratchFolder: folder)
            let reference = try recorder.reference(model)
            adapter.setEnabled(false)
            let measured = try recorder.measure(model, against: reference)
            let overlay = folder + "/merged.safetensors"
            try MergedWeights.writeOverlay(
                adapter, base: base, dtype: precision == .float32 ? .f32 : .bf16, to: overlay)
            if let edit { try rewrite(overlay, edit) }
            let merged = try LanguageModel.load(
                MergedSource(base: base, overlay: overlay), dtype: .float32)
            return ParityJudge.report(
                prompts: prompts, adapter: reference, base: measured,
                merged: try recorder.measure(merged, against: reference), precision: precision)
        }
    }

    private func rewrite(_ path: String, _ edit: (Matrix) -> Void) throws {
        let file = try SafetensorsFile(path: path)
        let entries = try file.tensors.values.sorted { $0.name < $1.name }.map { info in
            let matrix = Matrix(rows: info.rows, columns: info.columns)
            try file.read(info.name, into: matrix)
            edit(matrix)
            return SafetensorsWriter.Entry(name: info.name, matrix: matrix)
        }
        try SafetensorsWriter.write(entries, to: path)
    }

    @Test("A true merge passes in float32, with the same texts and a change that is there")
    func trueMerge() throws {
        let report = try report(Adapter.load(folder: Fixtures.path("adapters/all-linear"), into: model))
        #expect(report.passed, "\(report.failures)")
        #expect(report.identicalText && report.top1Agreement == 1)
        #expect(report.maxAbsUpdate > 100 * report.tolerance)
        #expect(report.prompts.contains { $0.baseText != $0.adapterText })
    }

    @Test("What a model's logits are taken to answer is what it draws, base and merged weights alike")
    func answersAgree() throws {
        try withTemporaryFolder { folder in
            let recorder = try ParityRecorder(
                prompts: prompts,
                generator: TextGenerator(
                    tokenizer: TokenizerLoader.load(base), endTokens: base.configuration.eosTokenIDs,
                    maximumNewTokens: 24), scratchFolder: folder)
            let adapter = try Adapter.load(folder: Fixtures.path("adapters/all-linear"), into: model)
            let reference = try recorder.reference(model)
            let overlay = folder + "/merged.safetensors"
            try MergedWeights.writeOverlay(adapter, base: base, dtype: .f32, to: overlay)
            let merged = try LanguageModel.load(MergedSource(base: base, overlay: overlay), dtype: .float32)
            adapter.setEnabled(false)
            for model in [model, merged] {
                let drawn = try recorder.answers(model)
                #expect(drawn.count == prompts.count && drawn.allSatisfy { !$0.ids.isEmpty })
                #expect(try recorder.measure(model, against: reference).answers == drawn)
            }
        }
    }

    @Test("An untrained adapter, whose B is zero, fails as a zero update")
    func zeroUpdate() throws {
        let report = try report(Adapter.attach(AdapterConfiguration(rank: 4), to: model, seed: 3))
        #expect(report.failures == [.zeroUpdate])
        #expect(report.maxAbsUpdate == 0)
    }

    @Test("Merged weights with one element off in each tensor fail")
    func perturbed() throws {
        let adapter = try Adapter.load(folder: Fixtures.path("adapters/all-linear"), into: model)
        let report = try report(adapter) { $0[1, 2] += 0.05 }
        #expect(report.failures.contains(.logitsDiffer))
    }

    @Test("Weights that were never merged lose the whole update")
    func neverMerged() throws {
        let adapter = try Adapter.load(folder: Fixtures.path("adapters/query-value"), into: model)
        let scaling = adapter.configuration.scaling
        var modules = adapter.modules.sorted { $0.slot.weightName < $1.slot.weightName }[...]
        let report = try report(adapter) { matrix in
            // The tensors come in the order of their names: takes the update off again.
            let module = modules.removeFirst()
            multiply(
                .plain(module.b.value), .plain(module.a.value), into: matrix, scale: -scaling, accumulate: true)
        }
        #expect(Set(report.failures).isSuperset(of: [.logitsDiffer, .updateLost]))
        expectClose(report.lostShare, 1, tolerance: 1e-3)
        #expect(report.prompts.allSatisfy { $0.mergedText == $0.baseText })
    }

    @Test("A small update that bfloat16 rounds away fails, although every logit is within the tolerance")
    func lostInRounding() throws {
        let adapter = try Adapter.load(folder: Fixtures.path("adapters/query-value"), into: model)
        for module in adapter.modules {
            let small = module.b.value.values.map { $0 * 1e-4 }
            module.b.value.copy(from: Matrix(small, rows: module.b.value.rows, columns: module.b.value.columns))
        }
        let report = try report(adapter, .bfloat16)
        #expect(report.failures == [.updateLost])
        #expect(report.maxAbsLogitDifference <= report.tolerance)
    }
}
