import AdapterKinds
import Adapters
import Foundation
import Manifests
import ModelFiles
import Pipeline
import TestSupport
import Testing
import Tokenizers
import Transformers

/// A job of every method, from its manifest to its published run.
@Suite("Jobs of every method")
struct MethodJobTests {
    @Test("A manifest names the methods that there are, and no others")
    func names() {
        // A hybrid is LoRA beside modules that are trained whole.
        let kinds = AdapterKind.allCases.filter { $0.adapterMethod == $0.rawValue }
        #expect(kinds.map(\.rawValue) == AdapterMethods.all.map(\.name))
    }

    @Test(
        "It trains, publishes, and the merged weights answer as the adapter does",
        arguments: AdapterKind.allCases.filter(\.isMergeable), [false, true])
    func publishes(kind: AdapterKind, useRSLoRA: Bool) throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder, base: Fixtures.tinyBase(for: kind.rawValue))
            // Of a method without a rank the second run is one that names the inputs it scales.
            let isLowRank = kind.hasRank
            let settings =
                isLowRank
                ? "rank: 4, alpha: 8, targets: all-linear"
                    + (kind.keys.contains("train_modules") ? ", train_modules: [input_layernorm]" : "")
                    + (useRSLoRA ? ", use_rslora: true" : "")
                : useRSLoRA && kind.keys.contains("feedforward_modules")
                    ? "targets: all-linear, feedforward_modules: [up_proj, down_proj]" : "targets: all-linear"
            let useRSLoRA = isLowRank && useRSLoRA
            let result = try bench.run(
                """
                adapter: {method: \(kind.rawValue), \(settings)}
                training: {max_steps: 8, batch_size: 4, learning_rate: 2.0e-2, dtype: float32}
                """)
            let report = result.report
            #expect(report.status == .succeeded, "\(report.reason ?? "")")
            #expect(report.parity?.passed == true)
            #expect(report.provenance.adapter.method == kind.rawValue)
            #expect(report.provenance.adapter.methodName == kind.title)
            #expect(report.provenance.adapter.useRSLoRA == (useRSLoRA ? true : nil))
            #expect(report.analysis.allSatisfy { $0.relativeFrobeniusNorm > 0 } && !report.analysis.isEmpty)
            let written = try String(contentsOfFile: result.runFolder + "/adapter_config.json", encoding: .utf8)
            #expect(written.contains("\"use_rslora\": true") == useRSLoRA)
            #expect(written.contains("\"use_dora\": true") == (kind.rawValue == "dora"))
            let manifest = try String(contentsOfFile: result.runFolder + "/manifest.yaml", encoding: .utf8)
            #expect(manifest.contains("use_rslora") == useRSLoRA)
            #expect(manifest.contains("  rank: 4") == isLowRank)
            #expect(report.provenance.adapter.rank == (isLowRank ? 4 : nil))
            let again = try ManifestDocument.load(
                bytes: Array(manifest.utf8), file: "manifest.yaml", pipelinesFolder: folder)
            #expect(again.manifest.adapter.method == kind)
            try checkCard(kind, in: result.runFolder)
        }
    }

    /// What the model card says to the Hub and its readers of who can load the adapter.
    private func checkCard(_ kind: AdapterKind, in folder: String) throws {
        let card = try String(contentsOfFile: folder + "/README.md", encoding: .utf8)
        #expect(card.contains("\nlibrary_name: peft\n") == kind.isPEFTs)
        #expect(card.contains("\n- peft\n") == kind.isPEFTs)
        #expect(card.contains("\n- lora\n") == kind.isLowRank)
        #expect(card.contains("PeftModel.from_pretrained") == kind.isPEFTs)
    }

    @Test("A job of AdaLoRA ends with its mean rank, and a schedule that leaves no step for that is refused")
    func budget() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let settings = "method: adalora, targets: all-linear, init_r: 6, target_r: 2, tinit: 2"
            let result = try bench.run(
                """
                adapter: {\(settings), tfinal: 2}
                training: {max_steps: 8, batch_size: 4, learning_rate: 2.0e-2, dtype: float32}
                """)
            #expect(result.report.status == .succeeded, "\(result.report.reason ?? "")")
            #expect(result.report.parity?.passed == true)
            #expect(result.report.provenance.adapter.initialRank == 6)
            let adapter = try Adapter.load(folder: result.runFolder, into: Fixtures.tinyModel())
            let values = adapter.parameters.filter { $0.name.hasSuffix("lora_E") }.flatMap(\.value.values)
            #expect(values.count == 6 * adapter.modules.count)
            #expect(values.count { $0 != 0 } == 2 * adapter.modules.count)
            let error = #expect(throws: PipelineError.self) {
                try bench.run(
                    """
                    adapter: {\(settings), tfinal: 6}
                    training: {max_steps: 8, batch_size: 4}
                    """)
            }
            let told = "\(error?.mistakes.map { "\($0)" } ?? []) \(error?.message ?? "")"
            #expect(told.contains("leaves none to take ranks in"), "\(told)")
        }
    }

    @Test(
        "Of a method that cannot be merged base and adapter answer, and the report says why and what that costs",
        arguments: AdapterKind.allCases.filter { !$0.isMergeable && !$0.publishesModel })
    func unmerged(kind: AdapterKind) throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder, base: Fixtures.tinyBase(for: kind.rawValue))
            let result = try bench.run(
                """
                adapter: {method: \(kind.rawValue)}
                training: {max_steps: 8, batch_size: 4, learning_rate: 2.0e-2, dtype: float32}
                """)
            let report = result.report
            #expect(report.status == .succeeded, "\(report.reason ?? "")")
            #expect(report.parity == nil && report.analysis.isEmpty)
            let unmerged = try #require(report.unmerged)
            #expect(unmerged.passed && unmerged.baseVsAdapterMaxAbsLogitDifference > 0 && !unmerged.prompts.isEmpty)
            #expect(unmerged.reason == AdapterMethods.all.first { $0.name == kind.rawValue }?.mergeObstacle)
            let latency = try #require(unmerged.latency)
            #expect(latency.tokens > 0 && latency.baseMillisecondsPerToken > 0)
            #expect(latency.adapterMillisecondsPerToken > 0)
            for page in ["report.html", "README.md"] {
                let text = try String(contentsOfFile: "\(result.runFolder)/\(page)", encoding: .utf8)
                #expect(text.contains("It cannot be merged"), "\(page)")
            }
            try checkCard(kind, in: result.runFolder)
            let manifest = try String(contentsOfFile: result.runFolder + "/manifest.yaml", encoding: .utf8)
            #expect(!manifest.contains("targets") && !manifest.contains("rank"))
            var verification = RunVerification(result.runFolder, base: nil)
            let verdict = try verification.run()
            #expect(verdict.passed, "\(verdict.checks)")
            // What there is no parity for, and nobody has signed.
            let open = verdict.checks.filter { $0.status != .passed }.map(\.name)
            #expect(open.count == 2 && open.contains(.provenance), "\(open)")
        }
    }

    @Test("Such an adapter is not merged outside of a job either, and a manifest that exports it is refused")
    func refusedMerge() throws {
        try withTemporaryFolder { folder in
            let model = Fixtures.path("llama-tiny/base")
            for method in ["prompt", "prefix", "bottleneck"] {
                let merge = StandaloneMerge(
                    base: model, adapter: Fixtures.path("methods/\(method)"), format: .safetensors, dtype: .f32,
                    hashCache: HashCache(file: folder + "/hashes.json"))
                let error = #expect(throws: AdaptersError.self) { try merge.run(to: folder + "/merged") }
                #expect(error?.code == .unsupported && error?.cause != nil)
                #expect(!FileManager.default.fileExists(atPath: folder + "/merged"))
            }
        }
    }

    @Test("A prompt begins as the embeddings of its text, repeated to its rows")
    func promptText() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let result = try bench.run(
                """
                adapter:
                  method: prompt
                  num_virtual_tokens: 9
                  prompt_tuning_init: text
                  prompt_tuning_init_text: good film
                training: {max_steps: 1, batch_size: 4, learning_rate: 1.0e-8, dtype: float32}
                """)
            #expect(result.report.status == .succeeded, "\(result.report.reason ?? "")")
            let files = try BaseModelFiles(path: Fixtures.path("llama-tiny/base"))
            let ids = try TokenizerLoader.load(files).encodeBeginning("good film")
            let model = try Fixtures.tinyModel()
            let expected = try #require(try model.embeddings(of: (0..<9).map { ids[$0 % ids.count] }))
            let adapter = try Adapter.load(folder: result.runFolder, into: model)
            #expect(
                firstDifference(adapter.parameters[0].value.values, expected.values, relative: 0, absolute: 1e-6) == nil
            )
        }
    }

    @Test("What manifests and reports know of a method is what its descriptor says")
    func keys() throws {
        try #require(!AdapterKind.allCases.isEmpty)
        for kind in AdapterKind.allCases {
            let method = try AdapterMethods.named(kind.adapterMethod)
            #expect(method.hasRank == kind.hasRank && method.isLowRank == kind.isLowRank, "\(kind.rawValue)")
            #expect(method.adaptsProjections == kind.adaptsProjections, "\(kind.rawValue)")
            #expect((method.mergeObstacle == nil || method.publishesModel) == (kind.isMergeable || kind.publishesModel))
            #expect(method.publishesModel == kind.publishesModel, "\(kind.rawValue)")
            // Types of lorad's own begin so.
            #expect(method.peftType?.hasPrefix("LORAD_") != kind.isPEFTs || method.peftType == nil, "\(kind.rawValue)")
        }
    }

    @Test(
        "A run that begins as a part of the weights, by modules with ranks of their own, is plain LoRA of twice the ranks",
        arguments: AdapterBeginning.allCases)
    func beginnings(beginning: AdapterBeginning) throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let result = try bench.run(
                """
                adapter:
                  rank: 4
                  alpha: 8
                  dropout: 0.1
                  targets: all-linear
                  rank_pattern: {v_proj: 2, ".*mlp.down_proj": 6}
                  alpha_pattern: {v_proj: 3}
                  exclude: [o_proj]
                  layers: [1]
                  init: \(beginning.rawValue)
                training: {max_steps: 8, batch_size: 4, learning_rate: 2.0e-2, dtype: float32, lora_plus_ratio: 4}
                """)
            #expect(result.report.status == .succeeded, "\(result.report.reason ?? "")")
            #expect(result.report.parity?.passed == true)
            #expect(result.report.analysis.count == 6)
            let shape = result.report.provenance.adapter
            #expect(shape.beginning == beginning.rawValue && shape.layers == ["1"] && shape.excluded == ["o_proj"])
            #expect(result.report.provenance.training.loraPlusRatio == 4)
            let model = try Fixtures.tinyModel()
            let adapter = try Adapter.load(folder: result.runFolder, into: model)
            let factor = [.pissa, .olora].contains(beginning) ? 2 : 1
            for module in adapter.modules {
                let own = module.slot.name.hasSuffix("v_proj") ? 2 : module.slot.name.hasSuffix("down_proj") ? 6 : 4
                #expect(module.slot.name.contains("layers.1."))
                #expect(module.place.rank == factor * own)
                let alpha: Float = module.slot.name.hasSuffix("v_proj") ? 3 : 8
                #expect(module.place.scaling == alpha / Float(own))
            }
        }
    }

    @Test("A method that is none is refused with those that there are")
    func unknown() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            #expect(throws: (any Error).self) { try bench.document("adapter: {method: lokr}") }
        }
    }
}
