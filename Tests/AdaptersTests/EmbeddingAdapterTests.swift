import Adapters
import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("Embeddings as targets")
struct EmbeddingAdapterTests {
    private let identity = BaseIdentity(baseSHA256: "b", tokenizerSHA256: "t")

    private func attach(
        _ targets: [String], to model: LanguageModel, _ change: (inout AdapterConfiguration) throws -> Void = { _ in }
    ) throws -> Adapter {
        var configuration = AdapterConfiguration(rank: 4, alpha: 8, targets: targets)
        try change(&configuration)
        return try Adapter.attach(configuration, to: model, seed: 1)
    }

    /// Moves A and B of every module away from what training begins with.
    private func disturb(_ adapter: Adapter) {
        for parameter in adapter.parameters {
            for row in 0..<parameter.value.rows {
                for column in 0..<parameter.value.columns {
                    parameter.value[row, column] += 0.1 * Float((7 * row + 3 * column) % 11 - 5)
                }
            }
        }
    }

    private func refusal(_ body: () throws -> Void) -> AdaptersError? {
        do {
            try body()
            return nil
        } catch { return error as? AdaptersError }
    }

    @Test("Every decoder's embedding is a target by the family's own name for it", arguments: FamilyFixture.decoders)
    func names(_ fixture: FamilyFixture) throws {
        let model = try fixture.model()
        let name = ["gpt2": "wte", "gpt_neox": "embed_in"][model.configuration.modelType] ?? "embed_tokens"
        let adapter = try attach([name], to: model)
        #expect(adapter.modules.count == 1 && adapter.adaptsEmbedding)
        let slot = adapter.modules[0].slot
        #expect(slot.name.hasSuffix("." + name))
        #expect(try fixture.base().shape(of: slot.weightName) == slot.weightShape)
        let suffixes = adapter.modules[0].update.tensors.map(\.parameter.name)
        let prefix = "base_model.model.\(slot.name)."
        #expect(suffixes == [prefix + "lora_embedding_A", prefix + "lora_embedding_B"])
        #expect(adapter.targetModules == [name])
    }

    @Test("all-linear means none of it, in a manifest and in PEFT's files")
    func allLinear() throws {
        try withTemporaryFolder { folder in
            let model = try Fixtures.tinyModel()
            let all = try attach(["all-linear"], to: model)
            #expect(!all.adaptsEmbedding)
            disturb(all)
            try all.save(folder: folder, identity: identity, baseModel: "base")
            all.detach()
            let path = folder + "/adapter_config.json"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let names = try #require(text.firstRange(of: /"target_modules": \[[^\]]*\]/))
            try Data(text.replacingCharacters(in: names, with: "\"target_modules\": \"all-linear\"").utf8)
                .write(to: URL(fileURLWithPath: path))
            #expect(try !Adapter.load(folder: folder, into: Fixtures.tinyModel()).adaptsEmbedding)
            let both = try attach(["all-linear", "embed_tokens"], to: model)
            #expect(both.modules.count == all.modules.count + 1 && both.targetModules.contains("embed_tokens"))
        }
    }

    @Test("Ranks, alphas and exclusions reach it by its name")
    func patterns() throws {
        let model = try Fixtures.tinyModel()
        let adapter = try attach(["q_proj", "embed_tokens"], to: model) {
            $0.ranks = try ModuleSettings([("embed_tokens", 2)])
            $0.alphas = try ModuleSettings([("model.embed_tokens", 6)])
        }
        let place = try #require(adapter.modules.last?.place)
        #expect(place.rank == 2 && place.scaling == 3)
        adapter.detach()
        let demand = try AdapterDemand(adapter.configuration, on: model)
        #expect(demand.elements == adapter.parameterCount)
        let stabilised = try attach(["embed_tokens"], to: model) { $0.isRankStabilised = true }
        #expect(stabilised.modules[0].place.scaling == 4)
        stabilised.detach()
        let excluded = try attach(["q_proj", "embed_tokens"], to: model) { $0.excluded = ["embed_tokens"] }
        #expect(!excluded.adaptsEmbedding)
    }

    @Test("What does not go with it is refused by name, and leaves the slot free")
    func refused() throws {
        let model = try Fixtures.tinyModel()
        for method in AdapterMethods.all where method.adaptsProjections && method != .lora {
            // Of this base's projections BitFit has nothing to adapt.
            let targets = ["embed_tokens"] + (method == .bitfit ? [] : ["q_proj"])
            let error = refusal { _ = try attach(targets, to: model) { $0.method = method } }
            #expect(error?.code == .unsupported, "\(method.name)")
            #expect(error?.message.contains("model.embed_tokens") == true, "\(method.name)")
            let unknown = refusal { _ = try attach(["wte"], to: model) { $0.method = method } }
            #expect(unknown?.advice?.contains("embed_tokens") == false, "\(method.name)")
        }
        for beginning in [LowRankBeginning.pissa, .olora] {
            let error = refusal { _ = try attach(["q_proj", "embed_tokens"], to: model) { $0.beginning = beginning } }
            #expect(error?.message.contains("does not begin with \(beginning.rawValue)") == true)
        }
        let layers = refusal { _ = try attach(["q_proj", "embed_tokens"], to: model) { $0.layers = [1] } }
        #expect(layers?.message.contains("is in no layer") == true)
        let misspelt = refusal { _ = try attach(["embed_token"], to: model) }
        #expect(misspelt?.message.contains("did you mean 'embed_tokens'") == true)
        #expect(misspelt?.advice?.contains("embed_tokens, all-linear") == true)
        #expect(model.moduleSlots.allSatisfy { !$0.isTaken })
        let first = try attach(["embed_tokens"], to: model)
        let taken = refusal { _ = try attach(["embed_tokens"], to: model) }
        #expect(taken?.code == .mismatch)
        first.detach()
    }

    /// A file that PEFT wrote, changed.
    private func changed(_ name: String, _ folder: String, _ change: (String) -> String) throws {
        for file in Adapter.fileNames {
            try FileManager.default.copyItem(
                atPath: Fixtures.path("embeddings/\(name)/\(file)"), toPath: "\(folder)/\(file)")
        }
        let path = folder + "/adapter_config.json"
        try Data(change(String(contentsOfFile: path, encoding: .utf8)).utf8).write(to: URL(fileURLWithPath: path))
    }

    @Test(
        "An update that is the head's too, or DoRA's, is refused by name",
        arguments: ["ensure_weight_tying", "use_dora"])
    func otherKinds(key: String) throws {
        try withTemporaryFolder { folder in
            try changed("tied", folder) { $0.replacing("\"\(key)\": false", with: "\"\(key)\": true") }
            let model = try FamilyFixture(name: "qwen2").model()
            let error = refusal { _ = try Adapter.load(folder: folder, into: model) }
            #expect(error?.code == .unsupported && error?.message.contains("embed_tokens") == true)
            #expect(model.moduleSlots.allSatisfy { !$0.isTaken })
        }
    }

    @Test("A table that PEFT saved beside it must be the base's, in the type that the model has it in")
    func savedTable() throws {
        try withTemporaryFolder { folder in
            let fixture = FamilyFixture(name: "qwen2")
            #expect(try Adapter.load(folder: Fixtures.path("embeddings/tied"), into: fixture.model()).adaptsEmbedding)
            let narrow = try fixture.model(dtype: .bfloat16)
            #expect(try Adapter.load(folder: Fixtures.path("embeddings/tied"), into: narrow).adaptsEmbedding)
            let path = Fixtures.path("embeddings/tied/adapter_model.safetensors")
            let file = try SafetensorsFile(path: path)
            let entries = try file.tensors.values.map { info -> TensorEntry in
                let matrix = Matrix(rows: info.rows, columns: info.columns)
                try file.read(info.name, into: matrix)
                if info.name.hasSuffix("base_layer.weight") { matrix[96, 23] += 0.01 }
                return TensorEntry(name: info.name, matrix: matrix)
            }
            try changed("tied", folder) { $0 }
            try SafetensorsWriter.write(entries, metadata: ["format": "pt"], to: folder + "/adapter_model.safetensors")
            let model = try fixture.model()
            let error = refusal { _ = try Adapter.load(folder: folder, into: model) }
            #expect(error?.code == .unsupported && error?.message.contains("another embedding") == true)
            #expect(model.moduleSlots.allSatisfy { !$0.isTaken })
        }
    }

    @Test("A file whose embedding update is missing, or of another vocabulary, is refused with its name")
    func damaged() throws {
        try withTemporaryFolder { folder in
            let path = Fixtures.path("embeddings/alone/adapter_model.safetensors")
            let file = try SafetensorsFile(path: path)
            try changed("alone", folder) { $0 }
            let (a, b) = (Matrix(rows: 4, columns: 98), Matrix(rows: 24, columns: 4))
            let name = "base_model.model.gpt_neox.embed_in.lora_embedding_"
            #expect(file.tensors[name + "A"]?.shape == [4, 97])
            for entries in [[(name + "A", a), (name + "B", b)], [(name + "B", b)]] {
                try SafetensorsWriter.write(
                    entries.map { TensorEntry(name: $0, matrix: $1) }, metadata: [:],
                    to: folder + "/adapter_model.safetensors")
                let error = refusal {
                    _ = try Adapter.load(folder: folder, into: FamilyFixture(name: "gpt_neox").model())
                }
                #expect(error?.code == .mismatch && error?.message.contains("lora_embedding_A") == true)
            }
        }
    }

    @Test("An adapter goes on from its values, and one without the embedding is told apart")
    func warmStart() throws {
        try withTemporaryFolder { folder in
            let parent = try attach(["q_proj", "embed_tokens"], to: Fixtures.tinyModel())
            disturb(parent)
            try parent.save(folder: folder, identity: identity, baseModel: "base")
            let start = try WarmStart(folder: folder)
            let model = try Fixtures.tinyModel()
            let own = try attach(["embed_tokens", "q_proj"], to: model)
            #expect(try start.differences(from: own, on: model, identity: identity, labels: nil).isEmpty)
            try start.begin(own, on: model)
            #expect(own.parameters.map(\.value.values) == parent.parameters.map(\.value.values))
            own.detach()
            let other = try attach(["q_proj"], to: model)
            let found = try start.differences(from: other, on: model, identity: identity, labels: nil)
            #expect(found.map(\.setting) == [.targets])
        }
    }

    @Test("llama.cpp's adapter files are refused by name")
    func gguf() throws {
        try withTemporaryFolder { folder in
            let base = try BaseModelFiles(path: Fixtures.path("llama-tiny/base"))
            let adapter = try attach(["q_proj", "embed_tokens"], to: LanguageModel.load(base, dtype: .float32))
            let error = refusal {
                try GGUFAdapterFile.write(
                    adapter, configuration: base.configuration, name: "x", to: folder + "/adapter.gguf")
            }
            #expect(error?.code == .unsupported && error?.cause?.contains("embedding") == true)
        }
    }

    @Test("The spectrum's relative norm is that of what the merge changes of the table")
    func spectrum() throws {
        let base = try BaseModelFiles(path: Fixtures.path("llama-tiny/base"))
        let adapter = try attach(["embed_tokens"], to: LanguageModel.load(base, dtype: .float32))
        disturb(adapter)
        let spectrum = try #require(adapter.spectra(base: base).first)
        let merged = try MergedWeights.merged(adapter.modules[0], base: base)
        let weight = Matrix(rows: merged.rows, columns: merged.columns)
        try base.read(adapter.modules[0].slot.weightName, into: weight)
        let norm = Kernels.squaredNorm(weight).squareRoot()
        Kernels.scale(weight, by: -1)
        Kernels.add(weight, into: merged)
        let expected = Kernels.squaredNorm(merged).squareRoot() / norm
        #expect(expected > 0.01 && abs(spectrum.relativeNorm - expected) < 1e-4 * expected)
        #expect(spectrum.singularValues.count == 4)
    }

    @Test("Composed, its update is that of PEFT's add_weighted_adapter", arguments: ["cat", "linear", "svd", "ties"])
    func composed(name: String) throws {
        let method = try #require(CompositionMethod.all.first { $0.name == name })
        let parents = [("a", 0.7), ("b", -0.4)].map {
            Composition.Parent(name: $0, folder: Fixtures.path("embeddings/composed/\($0)"), weight: $1)
        }
        let settings = try CompositionSettings(
            method: method, density: method.needsDensity ? 0.5 : nil, rank: method.takesRank ? 3 : nil)
        let model = try FamilyFixture(name: "mistral").model()
        let adapter = try Composition.compose(parents, settings, on: model, identity: identity)
        let module = try #require(adapter.modules.first { !$0.slot.isProjection })
        let pair = try #require(module.update.lowRankPair)
        let expected = try Fixtures.tensor(name, in: "embeddings/composed/composed.safetensors")
        let update = Matrix(rows: expected.rows, columns: expected.columns)
        multiply(.transposed(pair.a), .transposed(pair.b), into: update, scale: pair.scaling)
        let largest = expected.values.map(abs).max() ?? 0
        #expect(largest > 1e-2)
        #expect(firstDifference(update.values, expected.values, relative: 0, absolute: 1e-5 * largest) == nil)
    }
}
