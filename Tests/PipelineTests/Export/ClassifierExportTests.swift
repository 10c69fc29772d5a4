import Adapters
import ModelFiles
import Pipeline
import TestSupport
import Testing
import Tokenizers
import Transformers

@Suite("Merging an adapter with a classification head")
struct ClassifierExportTests {
    private func task(_ golden: ClassifierCase) throws -> ModelTask {
        let outputs = try golden.task().outputs
        return .classification(outputs == 1 ? .regression : .classes((0..<outputs).map { "label \($0)" }))
    }

    @Test(
        "The merged folder is a classifier with PEFT's merged logits, from whatever base",
        arguments: ClassifierCase.all)
    func reload(golden: ClassifierCase) throws {
        try withTemporaryFolder { folder in
            let base = try BaseModelFiles(path: golden.basePath)
            let task = try task(golden)
            let adapter = try Adapter.load(folder: golden.adapterFolder, into: golden.model())
            try MergedExport(adapter, base: base, dtype: .f32, task: task).write(.safetensors, to: folder)
            let merged = try BaseModelFiles(path: folder)
            #expect(ModelTask.of(base: merged) == task)
            let model = try LanguageModel.load(merged, dtype: .float32, task: golden.task())
            #expect(try #require(model.classifier).isFresh == false)
            #expect(try #require(model.classifier).trained.count >= 1)
            let found = try model.logits(golden.batch()).values
            let expected = try golden.tensor("merged.logits").values
            #expect(firstDifference(found, expected, relative: 1e-4, absolute: 3e-5) == nil)
            let configuration = try JSONReader.parse(file: folder + "/config.json")
            let architecture = configuration["architectures"]?.arrayValue?.first?.stringValue
            #expect(architecture?.hasSuffix("ForSequenceClassification") == true)
            #expect(configuration["num_labels"]?.intValue == task.labels?.count)
        }
    }

    @Test("The overlay that parity is proved on holds the head", arguments: ClassifierCase.all)
    func overlay(golden: ClassifierCase) throws {
        try withTemporaryFolder { folder in
            let base = try BaseModelFiles(path: golden.basePath)
            let adapter = try Adapter.load(folder: golden.adapterFolder, into: golden.model())
            try MergedWeights.writeOverlay(adapter, base: base, dtype: .f32, to: folder + "/overlay.safetensors")
            let source = try MergedSource(base: base, overlay: folder + "/overlay.safetensors")
            let model = try LanguageModel.load(source, dtype: .float32, task: golden.task())
            let expected = try golden.tensor("merged.logits").values
            let found = try model.logits(golden.batch()).values
            #expect(firstDifference(found, expected, relative: 1e-4, absolute: 3e-5) == nil)
        }
    }

    @Test("A base's own label names serve where the adapter's files say none")
    func names() throws {
        let base = try BaseModelFiles(path: ClassifierCase(name: "roberta").basePath)
        let task = try ModelTask.of(adapter: ClassifierCase(name: "roberta").adapterFolder, base: base.configuration)
        #expect(task == .classification(.classes(["LABEL_0", "LABEL_1"])))
        let headless = try BaseModelFiles(path: ClassifierCase(name: "bert-pair").basePath)
        #expect(ModelTask.of(base: headless) == .language)
    }
}
