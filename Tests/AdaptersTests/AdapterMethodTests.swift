import Adapters
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

/// What holds for every method of the registry.
@Suite("Methods of adaptation")
struct AdapterMethodTests {
    static let methods = AdapterMethods.all.filter { !$0.publishesModel }.map(\.name)

    @Test("Names are told apart, and an unknown one is answered with those that there are")
    func names() throws {
        #expect(Set(Self.methods).count == Self.methods.count)
        for name in Self.methods { #expect(try AdapterMethods.named(name).name == name) }
        let error = #expect(throws: AdaptersError.self) { try AdapterMethods.named("adapterh") }
        let all = AdapterMethods.all.map(\.name).joined(separator: ", ")
        #expect(error?.advice == "There are: \(all).")
    }

    @Test("What is predicted of a method's elements is what it makes", arguments: methods)
    func demand(method: String) throws {
        let model = try Fixtures.tinyModel(for: method)
        let configuration = AdapterConfiguration(
            method: try AdapterMethods.named(method), rank: 3, targets: ["all-linear"])
        let demand = try AdapterDemand(configuration, on: model)
        let adapter = try Adapter.attach(configuration, to: model, seed: 1)
        #expect(demand.elements == adapter.parameterCount)
        let updates = adapter.modules.compactMap { $0.update as? any ProjectionUpdate }
        #expect(updates.count == adapter.modules.count)
        #expect(demand.bytesPerToken >= 4 * updates.reduce(0) { $0 + $1.savedCount })
    }

    @Test("A method names what its tensors end in", arguments: methods)
    func suffixes(method: String) throws {
        let method = try AdapterMethods.named(method)
        let model = try Fixtures.tinyModel(for: method.name)
        let targets = ["all-linear"] + (method.adaptsEmbeddings ? ["embed_tokens"] : [])
        let adapter = try Adapter.attach(
            AdapterConfiguration(method: method, rank: 3, targets: targets), to: model, seed: 1)
        let ends = Set(adapter.modules.flatMap { $0.update.tensors.map(\.suffix) })
        #expect(ends.isEmpty == !method.adaptsProjections)
        #expect(ends == Set(method.suffixes))
    }

    @Test(
        "The spectrum's relative norm is that of what the merge changes of the weight",
        arguments: AdapterMethods.all.filter { $0.adaptsProjections && $0.name != "bitfit" }.map(\.name))
    func spectrum(method: String) throws {
        let base = try BaseModelFiles(path: Fixtures.path("llama-tiny/base"))
        let model = try LanguageModel.load(base, dtype: .float32)
        let adapter = try Adapter.attach(
            AdapterConfiguration(method: AdapterMethods.named(method), rank: 3), to: model, seed: 1)
        for parameter in adapter.parameters {
            for column in 0..<parameter.value.columns { parameter.value[0, column] += 0.1 * Float(1 + column % 7) }
        }
        let spectra = try adapter.spectra(base: base)
        try #require(spectra.count == adapter.modules.count && !spectra.isEmpty)
        for (spectrum, module) in try paired(spectra, adapter.modules) {
            let merged = try MergedWeights.merged(module, base: base)
            let weight = Matrix(rows: merged.rows, columns: merged.columns)
            try base.read(module.slot.weightName, into: weight)
            let norm = Kernels.squaredNorm(weight).squareRoot()
            Kernels.scale(weight, by: -1)
            Kernels.add(weight, into: merged)
            let expected = Kernels.squaredNorm(merged).squareRoot() / norm
            #expect(expected > 0.01)
            #expect(abs(spectrum.relativeNorm - expected) < 1e-4 * expected)
        }
    }

    @Test("BitFit adapts what has a bias, and says what has none")
    func biases() throws {
        let bare = try Fixtures.tinyModel()
        let error = #expect(throws: AdaptersError.self) {
            try Adapter.attach(AdapterConfiguration(method: .bitfit, targets: ["all-linear"]), to: bare, seed: 1)
        }
        #expect(error?.code == .unsupported && error?.message.contains("has no bias in the base") == true)
        #expect(error?.advice?.hasPrefix("No projection of this base") == true)
        // Qwen 2 has biases of queries, keys and values.
        let model = try FamilyFixture(name: "qwen2").model()
        let all = try Adapter.attach(
            AdapterConfiguration(method: .bitfit, targets: ["all-linear"]), to: model, seed: 1)
        #expect(all.targetModules == ["k_proj", "q_proj", "v_proj"])
        #expect(all.modules.count == 3 * model.configuration.layers)
        all.detach()
        let named = #expect(throws: AdaptersError.self) {
            try Adapter.attach(
                AdapterConfiguration(method: .bitfit, targets: ["q_proj", "o_proj"]), to: model, seed: 1)
        }
        #expect(named?.message.contains("o_proj") == true)
        #expect(named?.advice?.contains("q_proj, k_proj, v_proj") == true)
    }

    @Test("A biased projection's merge adds to the bias and leaves the weight")
    func mergedBias() throws {
        let base = try BaseModelFiles(path: Fixtures.biasedBase)
        let adapter = try Adapter.load(
            folder: Fixtures.path("methods/bitfit"), into: LanguageModel.load(base, dtype: .float32))
        let entries = MergedWeights.projections(adapter, base: base)
        #expect(entries.count == adapter.modules.count)
        #expect(entries.allSatisfy { $0.name.hasSuffix(".bias") && $0.shape.count == 1 })
    }

    @Test(
        "A method that llama.cpp has no place for is refused as GGUF, with the reason",
        arguments: [
            ("dora", "DoRA", "magnitudes"), ("ia3", "(IA)³", "factors"), ("prompt", "prompt tuning", "virtual tokens"),
            ("prefix", "prefix tuning", "keys and values"), ("bottleneck", "bottleneck", "layers"),
        ])
    func gguf(method: String, title: String, reason: String) throws {
        try withTemporaryFolder { folder in
            let base = try BaseModelFiles(path: Fixtures.path("llama-tiny/base"))
            let model = try LanguageModel.load(base, dtype: .float32)
            let adapter = try Adapter.load(folder: Fixtures.path("methods/\(method)"), into: model)
            let error = #expect(throws: AdaptersError.self) {
                try GGUFAdapterFile.write(
                    adapter, configuration: base.configuration, name: method, to: folder + "/adapter.gguf")
            }
            #expect(error?.code == .unsupported)
            #expect(error?.message.contains(title) == true && error?.cause?.contains(reason) == true)
        }
    }

    @Test("What a run's settings hash to stays as it is: checkpoints of past versions go by it")
    func fingerprint() {
        var configuration = AdapterConfiguration(rank: 4, alpha: 8, dropout: 0.1, targets: ["q_proj", "v_proj"])
        let past = #"LoRAConfiguration(rank: 4, alpha: 8.0, dropout: 0.1, targets: ["q_proj", "v_proj"])"#
        #expect(configuration.fingerprint == past)
        configuration.isRankStabilised = true
        #expect(configuration.fingerprint == past + " use_rslora")
        configuration.method = .dora
        #expect(configuration.fingerprint == past + " method: dora use_rslora")
    }

    @Test("Each setting that came later makes another fingerprint")
    func laterSettings() throws {
        let plain = AdapterConfiguration()
        let changes: [(inout AdapterConfiguration) throws -> Void] = [
            { $0.ranks = try ModuleSettings([("v_proj", 2)]) }, { $0.alphas = try ModuleSettings([("v_proj", 2)]) },
            { $0.excluded = ["v_proj"] }, { $0.layers = [1] }, { $0.beginning = .gaussian },
            { $0.feedforward = ["v_proj"] },
        ]
        var found = Set([plain.fingerprint])
        for change in changes {
            var configuration = plain
            try change(&configuration)
            #expect(found.insert(configuration.fingerprint).inserted)
        }
    }
}
