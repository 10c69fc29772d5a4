import Adapters
import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Classification heads against transformers and PEFT (scripts/reference/classifiers)")
struct ClassifierReferenceTests {
    @Test(
        "The base with its checkpoint's own head has transformers' logits", arguments: ["bert-regression", "roberta"])
    func base(name: String) throws {
        let golden = ClassifierCase(name: name)
        let model = try golden.model()
        #expect(try #require(model.classifier).isFresh == false)
        let found = try model.logits(golden.batch())
        #expect(
            firstDifference(found.values, try golden.tensor("base.logits").values, relative: 1e-4, absolute: 2e-5)
                == nil)
    }

    @Test("An adapter with a head that PEFT wrote gives PEFT's logits", arguments: ClassifierCase.all)
    func logits(golden: ClassifierCase) throws {
        let model = try golden.model()
        let adapter = try Adapter.load(folder: golden.adapterFolder, into: model)
        let slots = try goldenTexts(golden.document()["slots"])
        #expect(adapter.modules.map(\.slot.name).sorted() == slots)
        let found = try model.logits(golden.batch())
        #expect(
            firstDifference(found.values, try golden.tensor("adapter.logits").values, relative: 1e-4, absolute: 2e-5)
                == nil)
    }

    @Test("A disabled adapter leaves the base with the head it started from", arguments: ClassifierCase.all)
    func disabled(golden: ClassifierCase) throws {
        let model = try golden.model()
        let before = try model.logits(golden.batch()).values
        let adapter = try Adapter.load(folder: golden.adapterFolder, into: model)
        let adapted = try model.logits(golden.batch()).values
        adapter.setEnabled(false)
        #expect(try model.logits(golden.batch()).values == before)
        #expect(adapted != before)
        adapter.setEnabled(true)
        #expect(try model.logits(golden.batch()).values == adapted)
    }

    @Test("Gradients of A, B and the head equal PyTorch's, tensor by tensor", arguments: ClassifierCase.all)
    func gradients(golden: ClassifierCase) throws {
        let model = try golden.model()
        let adapter = try Adapter.load(folder: golden.adapterFolder, into: model)
        let batch = try golden.batch()
        _ = try model.trainingStep(batch, lossScale: 1 / Float(batch.labelRows.count), step: 0)
        for parameter in adapter.parameters {
            let expected = try golden.tensor("gradient.\(parameter.name)")
            let difference = firstDifference(
                parameter.gradient.values, expected.values, relative: 1e-3, absolute: 2e-5)
            #expect(difference == nil, "\(parameter.name)")
        }
    }

    @Test("In bfloat16 logits stay within 4% of the largest", arguments: ClassifierCase.all)
    func bfloat16(golden: ClassifierCase) throws {
        let model = try golden.model(dtype: .bfloat16)
        _ = try Adapter.load(folder: golden.adapterFolder, into: model)
        let expected = try golden.tensor("adapter.logits").values
        let largest = expected.reduce(0) { max($0, abs($1)) }
        let found = try model.logits(golden.batch()).values
        #expect(firstDifference(found, expected, relative: 0, absolute: 0.04 * largest) == nil)
    }

    @Test(
        "Activation checkpointing changes no bit of loss or gradient", arguments: ClassifierCase.all, DType.allCases)
    func checkpointing(golden: ClassifierCase, dtype: DType) throws {
        func step(checkpointing: Bool) throws -> [Float] {
            let model = try golden.model(dtype: dtype)
            model.activationCheckpointing = checkpointing
            let adapter = try Adapter.load(folder: golden.adapterFolder, into: model)
            let loss = try model.trainingStep(golden.batch(), lossScale: 1, step: 3)
            return [Float(loss)] + adapter.parameters.flatMap(\.gradient.values)
        }
        let (kept, again) = (try step(checkpointing: false), try step(checkpointing: true))
        #expect(again == kept)
    }

    @Test("What a row is predicted to be does not depend on the rows beside it", arguments: ClassifierCase.all)
    func alone(golden: ClassifierCase) throws {
        let model = try golden.model()
        _ = try Adapter.load(folder: golden.adapterFolder, into: model)
        let all = try model.logits(golden.batch())
        for (row, json) in try goldenList(golden.document()["rows"]).enumerated() {
            let found = try model.logits(golden.batch([json])).values
            #expect(firstDifference(found, all.rows(row..<(row + 1)).values, relative: 1e-5, absolute: 1e-5) == nil)
        }
    }

    @Test("An adapter saved and read back is the same, labels included", arguments: ClassifierCase.all)
    func roundTrip(golden: ClassifierCase) throws {
        try withTemporaryFolder { folder in
            let model = try golden.model()
            let adapter = try Adapter.load(folder: golden.adapterFolder, into: model)
            let values = adapter.parameters.map(\.value.values)
            let outputs = try golden.task().outputs
            let labels = outputs == 1 ? nil : (0..<outputs).map { "label \($0)" }
            let identity = BaseIdentity(baseSHA256: "b", tokenizerSHA256: "t")
            try adapter.save(folder: folder, identity: identity, baseModel: "tiny", labels: labels)
            adapter.detach()
            #expect(
                try Adapter.task(folder: folder) == .sequenceClassification(outputs: outputs, names: labels))
            let again = try Adapter.load(folder: folder, into: golden.model(), expecting: identity)
            #expect(again.parameters.map(\.value.values) == values)
            let mine = try SafetensorsFile(path: folder + "/adapter_model.safetensors").tensors.mapValues(\.shape)
            let theirs = try SafetensorsFile(path: golden.adapterFolder + "/adapter_model.safetensors").tensors
            #expect(mine == theirs.mapValues(\.shape))
        }
    }

    @Test("An adapter of another task is refused")
    func otherTask() throws {
        let golden = ClassifierCase(name: "llama")
        let error = #expect(throws: AdaptersError.self) {
            try Adapter.load(
                folder: golden.adapterFolder,
                into: LanguageModel.load(BaseModelFiles(path: golden.basePath), dtype: .float32))
        }
        #expect(error?.code == .mismatch)
    }
}
