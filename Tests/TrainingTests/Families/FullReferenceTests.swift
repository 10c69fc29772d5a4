import Adapters
import ModelFiles
import Tensors
import TestSupport
import Testing
import Training
import Transformers

/// A base with transformers' values of training all of it, from `scripts/reference/full_tuning.py`.
struct FullCase: Sendable, CustomStringConvertible {
    let name: String
    var description: String { name }

    static let all =
        FamilyFixture.decoders.map { FullCase(name: $0.name) }
        + ClassifierCase.names.map { FullCase(name: $0 + suffix) }
    private static let suffix = "-classes"

    private var classifier: ClassifierCase? {
        name.hasSuffix(Self.suffix) ? ClassifierCase(name: String(name.dropLast(Self.suffix.count))) : nil
    }

    func model() throws -> LanguageModel { try classifier?.model() ?? FamilyFixture(name: name).model() }
    func batch() throws -> PackedBatch { try classifier?.batch() ?? FamilyFixture(name: name).batch() }
    func batches() throws -> [PackedBatch] {
        try classifier?.batches() ?? FamilyFixture(name: name).trainingBatches()
    }

    func reference() throws -> JSONValue { try Fixtures.json("full/cases.json") }
    func losses() throws -> [Double] {
        (try reference()["cases"]?[name]?["losses"]?.arrayValue ?? []).compactMap(\.doubleValue)
    }
    func decays() throws -> Set<String> {
        let names = (try reference()["cases"]?[name]?["decays"]?.arrayValue ?? []).compactMap(\.stringValue)
        return Set(names)
    }

    /// Tensors of a kind (`gradient`, `final`, `initial`), by their names in transformers.
    func tensors(_ kind: String) throws -> [String: [Float]] {
        let file = try SafetensorsFile(path: Fixtures.path("full/\(name).safetensors"))
        let names = file.tensors.keys.filter { $0.hasPrefix(kind + ".") }
        return try Dictionary(
            uniqueKeysWithValues: names.map { key in
                let info = try #require(file.tensors[key])
                let matrix = Matrix(rows: info.rows, columns: info.columns)
                try file.read(key, into: matrix)
                return (String(key.dropFirst(kind.count + 1)), matrix.values)
            })
    }

    /// The base with every parameter trained, its head as transformers drew it.
    func attached() throws -> (model: LanguageModel, adapter: Adapter) {
        let model = try model()
        let adapter = try Adapter.attach(AdapterConfiguration(method: .full, targets: []), to: model, seed: 1)
        let initial = try tensors("initial")
        for parameter in adapter.head?.parameters ?? [] {
            let values = try #require(initial[parameter.transformersName])
            parameter.value.copy(
                from: Matrix(values, rows: parameter.value.rows, columns: parameter.value.columns))
        }
        return (model, adapter)
    }
}

extension Parameter {
    fileprivate var transformersName: String {
        let prefix = "base_model.model."
        return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    }
}

extension ParameterSlot {
    /// As the checkpoint has the tensor's elements; norms stay what the model multiplies by.
    func laidOut(_ values: Matrix) -> Matrix { form == .minusOne ? values : stored(values) }
}

@Suite("Full fine-tuning against transformers' values")
struct FullReferenceTests {
    /// What is trained by transformers' names, laid out as a checkpoint stores it.
    private func stored(
        _ model: LanguageModel, _ adapter: Adapter, _ matrix: (Parameter) -> Matrix
    ) -> [String: [Float]] {
        let slots = Dictionary(uniqueKeysWithValues: model.parameterSlots.map { ($0.name, $0) })
        return Dictionary(
            uniqueKeysWithValues: adapter.parameters.map { parameter in
                let values = matrix(parameter)
                return (parameter.transformersName, (slots[parameter.name]?.laidOut(values) ?? values).values)
            })
    }

    @Test("There are values of every base that families and classifiers have")
    func complete() throws {
        let cases = try Fixtures.json("full/cases.json")["cases"]?.objectValue
        #expect(Set((cases?.members ?? []).map(\.key)) == Set(FullCase.all.map(\.name)))
    }

    @Test("Every parameter of transformers is trained, and decays as its Trainer has it", arguments: FullCase.all)
    func names(_ fullCase: FullCase) throws {
        let (_, adapter) = try fullCase.attached()
        let expected = try fullCase.tensors("final")
        #expect(Set(adapter.parameters.map(\.transformersName)) == Set(expected.keys))
        // A tied head stands there under both names.
        let decays = try fullCase.decays().intersection(expected.keys)
        #expect(Set(adapter.parameters.filter(\.decays).map(\.transformersName)) == decays)
    }

    @Test("Gradients equal PyTorch's within 1e-4 + 1e-3·|x|, tensor by tensor", arguments: FullCase.all)
    func gradients(_ fullCase: FullCase) throws {
        let (model, adapter) = try fullCase.attached()
        let batch = try fullCase.batch()
        _ = try model.trainingStep(batch, lossScale: 1 / Float(batch.labelRows.count), step: 0)
        let found = stored(model, adapter, \.gradient)
        let expected = try fullCase.tensors("gradient")
        try #require(expected.count > 5)
        for (name, values) in expected.sorted(by: { $0.key < $1.key }) {
            let own = try #require(found[name])
            #expect(firstDifference(own, values, relative: 1e-3, absolute: 1e-4) == nil, "\(name)")
        }
    }

    @Test(
        "Activation checkpointing gives the same gradients, bit for bit",
        arguments: FullCase.all.filter {
            ["llama-biases", "gemma3", "gpt_neox", "bert-pair-classes", "deberta-v2-convolution-classes"].contains(
                $0.name)
        })
    func checkpointing(_ fullCase: FullCase) throws {
        let gradients = try [false, true].map { checkpoints in
            let (model, adapter) = try fullCase.attached()
            model.activationCheckpointing = checkpoints
            _ = try model.trainingStep(fullCase.batch(), lossScale: 1, step: 0)
            return adapter.parameters.map(\.gradient.values)
        }
        #expect(gradients[0] == gradients[1])
    }

    /// Adam divides by the gradient's own size, so that an element whose gradient is but rounding, as of a bias of keys,
    /// which a softmax does not see, may go either way, by the sum of the rates at most.
    @Test(
        "Ten AdamW steps have transformers' losses within a relative 1e-4, and the weights that had a gradient are its own within 2e-5 on the mean",
        arguments: FullCase.all)
    func steps(_ fullCase: FullCase) throws {
        let (model, adapter) = try fullCase.attached()
        let reference = try fullCase.reference()
        let decay = try #require(reference["weight_decay"]?.doubleValue)
        let rate = try #require(reference["optimizer"]?["lr"]?.doubleValue)
        let warmup = try #require(reference["warmup_steps"]?.intValue)
        let optimizer = AdamW(adapter.parameters, weightDecay: Float(decay))
        let (batches, expected) = (try fullCase.batches(), try fullCase.losses())
        try #require(batches.count == 10 && expected.count == 10)
        let schedule = LearningRateSchedule(kind: .linear, peak: rate, warmupSteps: warmup, totalSteps: 10)
        for (step, batch) in batches.enumerated() {
            let labels = Double(batch.labelRows.count)
            let loss = try model.trainingStep(batch, lossScale: Float(1 / labels), step: UInt64(step)) / labels
            #expect(abs(loss - expected[step]) <= 1e-4 * expected[step], "loss of step \(step + 1)")
            optimizer.clip(norm: optimizer.gradientNorm(), maximum: 1)
            optimizer.update(learningRate: schedule.rate(step: step), step: step + 1)
        }
        let found = stored(model, adapter, \.value)
        let (gradients, final) = (try fullCase.tensors("gradient"), try fullCase.tensors("final"))
        let norms = Set(model.parameterSlots.filter { $0.form == .minusOne }.map(\.name))
        for (name, values) in final.sorted(by: { $0.key < $1.key }) {
            let (own, gradient) = (try #require(found[name]), try #require(gradients[name]))
            try #require(own.count == values.count && gradient.count == values.count)
            let offset: Float = norms.contains(name) ? 1 : 0
            let differences = own.indices.map { abs(own[$0] - offset - values[$0]) }
            #expect(differences.max() ?? 0 < 1e-2, "\(name)")
            let moved = own.indices.filter { abs(gradient[$0]) > 1e-5 }.map { differences[$0] }
            #expect(moved.reduce(0, +) / Float(max(1, moved.count)) < 2e-5, "\(name)")
        }
    }

    @Test("Frozen again, the base answers as before, and its next training is the first's")
    func frozen() throws {
        let (model, adapter) = try FullCase(name: "llama-biases").attached()
        #expect(model.parameterSlots.allSatisfy { $0.isTrained })
        adapter.detach()
        #expect(model.parameterSlots.allSatisfy { !$0.isTrained })
        let lora = try Adapter.attach(AdapterConfiguration(rank: 2, targets: ["q_proj"]), to: model, seed: 1)
        _ = try model.trainingStep(FullCase(name: "llama-biases").batch(), lossScale: 1, step: 0)
        #expect(lora.parameters.contains { Kernels.squaredNorm($0.gradient) > 0 })
        #expect(adapter.parameters.allSatisfy { Kernels.squaredNorm($0.gradient) == 0 })
    }

    @Test("A base in bfloat16 is refused")
    func bfloat16() throws {
        let model = try FamilyFixture(name: "llama-biases").model(dtype: .bfloat16)
        let error = #expect(throws: AdaptersError.self) {
            try Adapter.attach(AdapterConfiguration(method: .full, targets: []), to: model, seed: 1)
        }
        #expect(error?.code == .unsupported && error?.advice?.contains("float32") == true)
    }

    @Test("The row of the padding token gains nothing by being looked up, as of PyTorch's embedding")
    func padding() throws {
        let base = try FamilyFixture(name: "mistral").base()
        func gradient(_ padding: JSONValue) throws -> [Float] {
            let members =
                base.configuration.fields.members.filter { $0.key != "pad_token_id" } + [
                    (key: "pad_token_id", value: padding)
                ]
            let model = try LanguageModel.load(OtherConfiguration(base: base, members: members), dtype: .float32)
            let adapter = try Adapter.attach(AdapterConfiguration(method: .full, targets: []), to: model, seed: 1)
            var batch = PackedBatch()
            batch.append(tokens: [7, 3, 7, 5], labels: [(position: 2, target: 4)])
            _ = try model.trainingStep(batch, lossScale: 1, step: 0)
            let table = try #require(adapter.parameters.first { $0.name == "model.embed_tokens.weight" })
            return (0..<8).map { row in Float(Kernels.squaredNorm(table.gradient.rows(row..<(row + 1)))) }
        }
        let (all, spared) = (try gradient(.null), try gradient(.integer(7)))
        #expect(all[7] > 0 && all[3] > 0 && spared[7] == 0 && spared[3] == all[3])
    }
}
