import Adapters
import Foundation
import ModelFiles
import Pipeline
import Tensors
import TestSupport
import Testing
import Tokenizers
import Transformers

@Suite("lorad export")
struct AdapterExportTests {
    private let tiny = Fixtures.path("llama-tiny/base")
    private let recorded = Fixtures.path("adapters/lorad-0.1.0")

    private func export(
        _ adapter: String, of base: String, to target: String, _ options: ExportOptions = ExportOptions(),
        in folder: String, stop: Bool = false
    ) throws -> ExportOutcome {
        try AdapterExport(
            name: "tickets", base: base, adapter: adapter, to: ExportTargets.named(target), options: options,
            hashCache: HashCache(file: folder + "/hashes.json"), shouldStop: { stop }
        ).run(to: folder + "/out")
    }

    private func exists(_ folder: String) -> Bool { FileManager.default.fileExists(atPath: folder + "/out") }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private static let names = ExportTargets.all.map(\.name)

    @Test("Each form appears whole, with the digests of its files and nothing beside it", arguments: names)
    func forms(target: String) throws {
        try withTemporaryFolder { folder in
            let outcome = try export(recorded, of: tiny, to: target, in: folder)
            #expect(outcome.to == target)
            #expect(outcome.adapterRecordsBase)
            #expect(!outcome.files.isEmpty)
            for file in outcome.files {
                let data = try bytes("\(folder)/out/\(file.name)")
                #expect(data.count == file.bytes)
                #expect(ContentHash.ofBytes(data) == file.sha256)
            }
            #expect(FileManager.default.fileExists(atPath: outcome.model))
            let entries = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0 != "hashes.json" }
            #expect(entries == ["out"])
        }
    }

    @Test("An output that exists, another base's adapter and a stop leave nothing of it", arguments: names)
    func nothing(target: String) throws {
        try withTemporaryFolder { folder in
            let other = #expect(throws: AdaptersError.self) {
                try export(recorded, of: Fixtures.path("llama-tiny/untied"), to: target, in: folder)
            }
            #expect(other?.code == .mismatch)
            #expect(throws: (any Error).self) { try export(recorded, of: tiny, to: target, in: folder, stop: true) }
            #expect(!exists(folder))
            try FileManager.default.createDirectory(atPath: folder + "/out", withIntermediateDirectories: true)
            let existing = #expect(throws: PipelineError.self) {
                try export(recorded, of: tiny, to: target, in: folder)
            }
            #expect(existing?.code == .rejected)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/out").isEmpty)
        }
    }

    @Test("An option of another form is refused, naming whose it is")
    func options() throws {
        try withTemporaryFolder { folder in
            let given: [(ExportOptions, takers: Set<String>)] = [
                (ExportOptions(dtype: .f32), ["merged"]), (ExportOptions(type: .f32), ["gguf", "ollama"]),
                (ExportOptions(maxKL: 1), ["gguf", "ollama"]),
            ]
            for (options, takers) in given {
                for target in ExportTargets.all.map(\.name) where !takers.contains(target) {
                    let error = #expect(throws: PipelineError.self) {
                        try export(recorded, of: tiny, to: target, options, in: folder)
                    }
                    #expect(error?.code == .rejected)
                    #expect(takers.allSatisfy { error?.advice?.contains($0) == true })
                }
            }
            #expect(throws: PipelineError.self) { try ExportTargets.named("peftt") }
        }
    }

    @Test("peft is the adapter's own files byte for byte, its card where it has one")
    func peft() throws {
        try withTemporaryFolder { folder in
            let without = try export(recorded, of: tiny, to: "peft", in: folder)
            #expect(without.notes.contains { $0.contains("card") })
            try FileManager.default.removeItem(atPath: folder + "/out")
            let adapter = folder + "/adapter"
            try FileManager.default.copyItem(atPath: recorded, toPath: adapter)
            try Data("# Card\n".utf8).write(to: URL(fileURLWithPath: adapter + "/README.md"))
            let outcome = try export(adapter, of: tiny, to: "peft", in: folder)
            #expect(outcome.notes.isEmpty)
            #expect(outcome.files.map(\.name) == ["README.md", "adapter_config.json", "adapter_model.safetensors"])
            for name in outcome.files.map(\.name) {
                #expect(try bytes("\(folder)/out/\(name)") == bytes("\(adapter)/\(name)"))
            }
        }
    }

    @Test("merged has the base's files, each tensor where it was; a tied head is not written twice")
    func shards() throws {
        try withTemporaryFolder { folder in
            let base = Fixtures.path("llama-tiny/untied")
            try WideBase.writeAdapter(to: folder + "/adapter", base: base)
            let outcome = try export(folder + "/adapter", of: base, to: "merged", in: folder)
            let index = "model.safetensors.index.json"
            let (written, original) = (
                try JSONReader.parse(file: "\(folder)/out/\(index)")["weight_map"]?.objectValue,
                try JSONReader.parse(file: "\(base)/\(index)")["weight_map"]?.objectValue
            )
            #expect(written?.members.count ?? 0 > 10)
            for (name, file) in try #require(original).members {
                #expect(written?[name]?.stringValue == file.stringValue, "\(name)")
            }
            let shards = Set(try #require(original).members.compactMap(\.value.stringValue))
            #expect(shards.count == 3)
            #expect(Set(outcome.files.map(\.name).filter { $0.hasSuffix(".safetensors") }) == shards)
            #expect(outcome.parity?.passed == true)
            let read = try BaseModelFiles(path: folder + "/out")
            #expect(read.info("lm_head.weight") != nil)
            try FileManager.default.removeItem(atPath: folder + "/out")
            let tied = try export(recorded, of: tiny, to: "merged", in: folder)
            #expect(tied.files.map(\.name).filter { $0.contains("safetensors") } == ["model.safetensors"])
            #expect(try SafetensorsFile(path: folder + "/out/model.safetensors").tensors["lm_head.weight"] == nil)
        }
    }

    @Test("merged keeps the base's types and what config.json says of them, unless another is asked for")
    func types() throws {
        for dtype in [FileDType.bf16, .f16] {
            try withTemporaryFolder { folder in
                let wide = try WideBase(in: folder, dtype: dtype, strength: 0.3)
                let outcome = try export(wide.adapter, of: wide.folder, to: "merged", in: folder)
                #expect(outcome.dtype == dtype.torchName)
                let file = try SafetensorsFile(path: folder + "/out/model.safetensors")
                #expect(Set(file.tensors.values.map(\.dtype)) == [dtype])
                #expect(try bytes(folder + "/out/config.json") == bytes(wide.folder + "/config.json"))
                // What the adapter leaves alone has the very bytes.
                let (read, base) = (try BaseModelFiles(path: folder + "/out"), try BaseModelFiles(path: wide.folder))
                #expect(try matrix("model.embed_tokens.weight", read) == matrix("model.embed_tokens.weight", base))
                try FileManager.default.removeItem(atPath: folder + "/out")
                let wider = try export(
                    wide.adapter, of: wide.folder, to: "merged", ExportOptions(dtype: .f32), in: folder)
                #expect(wider.dtype == "float32")
                let config = try JSONReader.parse(file: folder + "/out/config.json")
                #expect(config["dtype"]?.stringValue == "float32")
            }
        }
    }

    private func matrix(_ name: String, _ files: BaseModelFiles) throws -> [Float] {
        let info = try #require(files.info(name))
        let matrix = Matrix(rows: info.rows, columns: info.columns)
        try files.read(name, into: matrix)
        return matrix.values
    }

    @Test("A classifier is merged; no GGUF and no vLLM takes it", arguments: names)
    func classifier(target: String) throws {
        try withTemporaryFolder { folder in
            let sample = ClassifierCase(name: "llama")
            let (base, adapter) = (sample.basePath, sample.adapterFolder)
            guard ["peft", "merged"].contains(target) else {
                let error = #expect(throws: PipelineError.self) {
                    try export(adapter, of: base, to: target, in: folder)
                }
                #expect(error?.code == .rejected)
                #expect(error?.message.contains("classification head") == true)
                return
            }
            let outcome = try export(adapter, of: base, to: target, in: folder)
            #expect(outcome.files.contains { $0.name.hasSuffix(".safetensors") })
        }
    }
}
