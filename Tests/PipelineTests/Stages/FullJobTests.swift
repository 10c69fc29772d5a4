import Adapters
import Foundation
import Manifests
import ModelFiles
import Pipeline
import TestSupport
import Testing
import Transformers

/// Jobs that train every parameter, from their manifest to the model that they publish.
@Suite("Jobs of full fine-tuning")
struct FullJobTests {
    private static let lines = """
        adapter: {method: full}
        training: {max_steps: 6, batch_size: 4, learning_rate: 1.0e-3, weight_decay: 0.1}
        """

    @Test(
        "A model is published as a Hugging Face folder that answers as it did in memory, and the run is verified",
        arguments: [
            Fixtures.path("llama-tiny/base"), Fixtures.path("families/gpt2"), Fixtures.path("families/gemma3"),
            Fixtures.path("llama-tiny/base-q8_0.gguf"),
        ], ServedDType.allCases)
    func publishes(base: String, dtype: ServedDType) throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder, base: base)
            try bench.rows("test.jsonl", JobBench.reviews(8..<12))
            let result = try bench.run(
                Self.lines + "\nmerge: {dtype: \(dtype.rawValue)}\nevaluation: {data: $F/test.jsonl}")
            let report = result.report
            #expect(report.status == .succeeded, "\(report.reason ?? "")")
            let parity = try #require(report.parity)
            #expect(parity.passed && parity.baseVsAdapterMaxAbsLogitDifference > 0)
            #expect(report.provenance.adapter.method == "full" && report.provenance.training.dtype == "float32")
            let training = try #require(report.training)
            // A tied head is counted once by either.
            #expect(training.trainableParameters == training.baseParameters)
            #expect(training.optimizerBytes == 8 * training.trainableParameters)
            #expect(report.slices.first { $0.name == "all" }.map { $0.base.loss != $0.adapter.loss } == true)
            #expect(!report.analysis.isEmpty && report.analysis.allSatisfy { $0.relativeFrobeniusNorm > 0 })

            let model = result.runFolder + "/model"
            let files = try BaseModelFiles(path: model)
            let (type, hash) = (files.configuration.modelType, try ContentHash.ofBase(model))
            #expect(type == (try BaseModelFiles(path: base).configuration.modelType))
            #expect(hash.parameters == training.trainableParameters)
            let stored = try SafetensorsFile(path: model + "/model.safetensors").tensors.values
            #expect(stored.allSatisfy { $0.dtype == (dtype == .float32 ? .f32 : .bf16) })
            #expect(!FileManager.default.fileExists(atPath: result.runFolder + "/adapter_config.json"))
            let card = try String(contentsOfFile: result.runFolder + "/README.md", encoding: .utf8)
            #expect(card.contains("by full fine-tuning") && card.contains("library_name: transformers"))
            #expect(!card.contains("PeftModel") && !card.contains("- lora\n"))
            let provenance = try String(contentsOfFile: result.runFolder + "/provenance.json", encoding: .utf8)
            #expect(provenance.contains("model/model.safetensors"))

            let error = #expect(throws: AdaptersError.self) { try AdapterCompatibility(folder: result.runFolder) }
            #expect(error?.message.contains("holds a whole model, and no adapter") == true)
            #expect(error?.advice?.contains("--base \(model)") == true)

            var verification = RunVerification(result.runFolder, base: nil)
            let verdict = try verification.run()
            #expect(verdict.passed, "\(verdict.checks)")
        }
    }

    @Test("A base whose weights lie in several files gives a model that is divided as it is")
    func sharded() throws {
        try withTemporaryFolder { folder in
            let base = Fixtures.path("llama-tiny/untied")
            let result = try JobBench(folder: folder, base: base).run(Self.lines)
            #expect(result.report.status == .succeeded, "\(result.report.reason ?? "")")
            let model = result.runFolder + "/model"
            func files(_ folder: String) throws -> [String: String] {
                let index = try JSONReader.parse(file: folder + "/model.safetensors.index.json")
                let map = try #require(index["weight_map"]?.objectValue)
                return try Dictionary(
                    uniqueKeysWithValues: map.members.map { ($0.key, try #require($0.value.stringValue)) })
            }
            let divided = try files(base)
            #expect(Set(divided.values).count == 3)
            #expect(try files(model) == divided)
            let provenance = try String(contentsOfFile: result.runFolder + "/provenance.json", encoding: .utf8)
            #expect(provenance.contains("model/model.safetensors.index.json"))
            let statement = try String(contentsOfFile: result.runFolder + "/provenance.intoto.json", encoding: .utf8)
            for file in Set(divided.values) { #expect(statement.contains("model/\(file)")) }
            var verification = RunVerification(result.runFolder, base: nil)
            let verdict = try verification.run()
            #expect(verdict.passed, "\(verdict.checks)")
        }
    }

    @Test("A classifier is published with its head and its labels")
    func classifier() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder, base: ClassifierCase(name: "bert-pair").basePath, writes: false)
            let rows = (0..<8).map { row in
                #"{"text": "a b c \#(row)", "label": "\#(row % 2 == 0 ? "good" : "bad")"}"#
            }
            try bench.rows("train.jsonl", rows)
            let result = try bench.run(
                "dataset: {train: $F/train.jsonl, format: classification, labels: [bad, good]}\n" + Self.lines)
            #expect(result.report.status == .succeeded, "\(result.report.reason ?? "")")
            let files = try BaseModelFiles(path: result.runFolder + "/model")
            #expect(ModelTask.of(base: files) == .classification(.classes(["bad", "good"])))
            var verification = RunVerification(result.runFolder, base: nil)
            let verdict = try verification.run()
            #expect(verdict.passed, "\(verdict.checks)")
        }
    }

    @Test("Other jobs take the model as their base, and whoever asks for an adapter is told so")
    func asBase() throws {
        try withTemporaryFolder { folder in
            let first = try JobBench(folder: folder).run(Self.lines)
            let model = first.runFolder + "/model"
            let error = #expect(throws: AdaptersError.self) { try Adapter.method(folder: first.runFolder) }
            #expect(error?.code == .unsupported && error?.advice?.contains("--base \(model)") == true)
            let second = try JobBench(folder: folder + "/second-job", base: model, writes: false)
            try FileManager.default.createDirectory(atPath: second.folder, withIntermediateDirectories: true)
            try second.rows("train.jsonl", JobBench.reviews(0..<8))
            #expect(try second.run("adapter: {rank: 2, alpha: 4, dropout: 0}").report.status == .succeeded)
        }
    }

    @Test("A run is made again to the same bytes")
    func reproduced() throws {
        try withTemporaryFolder { folder in
            let result = try JobBench(folder: folder).run(Self.lines)
            let again = try RunReproduction(
                result.runFolder, base: nil, workFolder: folder + "/again",
                hashCache: HashCache(file: folder + "/hashes.json")
            ).run()
            #expect(again.reproduced && again.tensorsThatDiffer == 0 && again.tensors > 5)
        }
    }

    @Test("The learning rate is a tenth of LoRA's where the manifest names none")
    func learningRate() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let document = try bench.document("adapter: {method: full}\ntraining: {max_steps: 2}")
            #expect(document.manifest.training.learningRate == 2e-5)
            #expect(try bench.document("training: {max_steps: 2}").manifest.training.learningRate == 2e-4)
        }
    }

    @Test(
        "What means nothing where a model is trained is refused, and what to do instead is said",
        arguments: [
            ("merge: {export: safetensors}", "publishes a Hugging Face folder"),
            ("adapter: {method: full, rank: 8}", "adapter.rank goes with"),
            ("adapter: {method: full, targets: all-linear}", "adapter.targets goes with"),
            ("adapter: {method: full, init_from: other}", "name it as base.path"),
            ("training: {max_steps: 2, dtype: bfloat16}", "in float32"),
            ("promote: auto", "publishes a model"),
            ("gates: [{metric: loss, better_than: champion}]\nevaluation: {data: $F/train2.jsonl}", "against the base"),
        ])
    func refused(lines: String, told: String) throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            try bench.rows("train2.jsonl", JobBench.reviews(8..<12))
            let method = lines.contains("method:") ? "" : "adapter: {method: full}\n"
            do {
                _ = try bench.document(method + lines)
                Issue.record("\(lines) was taken")
            } catch {
                #expect("\(error)".contains(told), "\(error)")
            }
        }
    }
}
