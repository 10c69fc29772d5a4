import Adapters
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

/// What holds for every method of the registry.
@Suite("Methods of adaptation")
struct AdapterMethodTests {
    static let methods = AdapterMethods.all.map(\.name)

    @Test("Names are told apart, and an unknown one is answered with those that there are")
    func names() throws {
        #expect(Set(Self.methods).count == Self.methods.count)
        for name in Self.methods { #expect(try AdapterMethods.named(name).name == name) }
        let error = #expect(throws: AdaptersError.self) { try AdapterMethods.named("adapterh") }
        #expect(error?.advice?.contains("lora, dora") == true)
    }

    @Test("What is predicted of a method's elements is what it makes", arguments: methods)
    func demand(method: String) throws {
        let model = try Fixtures.tinyModel()
        let configuration = AdapterConfiguration(
            method: try AdapterMethods.named(method), rank: 3, targets: ["all-linear"])
        let demand = try AdapterDemand(configuration, on: model)
        let adapter = try Adapter.attach(configuration, to: model, seed: 1)
        #expect(demand.elements == adapter.parameterCount)
        #expect(demand.bytesPerToken >= 4 * adapter.modules.reduce(0) { $0 + $1.update.savedCount })
    }

    @Test("The spectrum's relative norm is that of what the merge changes", arguments: methods)
    func spectrum(method: String) throws {
        let base = try BaseModelFiles(path: Fixtures.path("llama-tiny/base"))
        let model = try LanguageModel.load(base, dtype: .float32)
        let adapter = try Adapter.attach(
            AdapterConfiguration(method: AdapterMethods.named(method), rank: 3), to: model, seed: 1)
        for parameter in adapter.parameters {
            for column in 0..<parameter.value.columns { parameter.value[0, column] += 0.1 * Float(column % 7) }
        }
        let spectra = try adapter.spectra(base: base)
        try #require(spectra.count == adapter.modules.count && !spectra.isEmpty)
        for (spectrum, module) in zip(spectra, adapter.modules) {
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

    @Test("A DoRA adapter is refused as GGUF, which has no place for magnitudes")
    func gguf() throws {
        try withTemporaryFolder { folder in
            let base = try BaseModelFiles(path: Fixtures.path("llama-tiny/base"))
            let model = try LanguageModel.load(base, dtype: .float32)
            let adapter = try Adapter.load(folder: Fixtures.path("methods/dora"), into: model)
            let error = #expect(throws: AdaptersError.self) {
                try GGUFAdapterFile.write(
                    adapter, configuration: base.configuration, name: "dora", to: folder + "/adapter.gguf")
            }
            #expect(error?.code == .unsupported)
            #expect(error?.message.contains("DoRA") == true && error?.cause?.contains("magnitudes") == true)
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
}
