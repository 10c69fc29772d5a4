import Adapters
import Foundation
import ModelFiles
import Pipeline
import TestSupport
import Testing
import Transformers

@Suite("lorad export to GGUF")
struct GGUFExportTests {
    private func export(
        _ wide: WideBase, _ options: ExportOptions, in folder: String, to target: String = "gguf"
    ) throws -> ExportOutcome {
        try AdapterExport(
            name: "tickets", base: wide.folder, adapter: wide.adapter, to: ExportTargets.named(target),
            options: options,
            hashCache: HashCache(file: folder + "/hashes.json")
        ).run(to: folder + "/out")
    }

    /// Of a model of two layers with seven projections each, two norms each, an embedding and a norm: without a head of
    /// its own, the embedding is one.
    private static let tensors: [(type: FileDType, counts: [String: Int])] = [
        (.f32, ["F32": 20]), (.f16, ["F16": 15, "F32": 5]), (.bf16, ["BF16": 15, "F32": 5]),
        (.q8_0, ["Q8_0": 15, "F32": 5]), (.q4_0, ["Q4_0": 14, "Q6_K": 1, "F32": 5]),
        (.q4_1, ["Q4_1": 14, "Q6_K": 1, "F32": 5]),
        // Of the second layer v and the way down have more bits.
        (.q4k, ["Q4_K": 12, "Q6_K": 3, "F32": 5]), (.q6k, ["Q6_K": 15, "F32": 5]),
    ]

    @Test("Every type is written, mixed as llama.cpp mixes it, and measured as it was written")
    func types() throws {
        #expect(Self.tensors.map(\.type) == GGUFTypeMix.types)
        try withTemporaryFolder { folder in
            let wide = try WideBase(in: folder)
            var losses: [FileDType: ExportLoss] = [:]
            for (type, counts) in Self.tensors {
                let outcome = try export(wide, ExportOptions(type: type, maxKL: 10), in: folder)
                #expect(outcome.tensors == counts, "\(type.rawValue)")
                #expect(outcome.dtype == type.rawValue)
                let file = try GGUFFile(path: outcome.model)
                #expect(file.metadata["general.quantization_version"] == .uint32(2))
                let loss: ExportLoss = try #require(outcome.loss)
                losses[type] = loss
                try FileManager.default.removeItem(atPath: folder + "/out")
            }
            func kl(_ type: FileDType) throws -> Double { try #require(losses[type]).meanKL }
            #expect(try kl(.f32) < 1e-8)
            #expect(try kl(.f16) < kl(.bf16))
            #expect(try kl(.q8_0) < kl(.q6k))
            #expect(try kl(.q6k) < kl(.q4k))
            #expect(try kl(.q6k) < kl(.q4_0))
            #expect(Set(losses.values.map(\.adapterKL)).count == 1)
            let best = try #require(losses[.q8_0])
            #expect(best.effectKept > 0.9)
            #expect(best.effectKept == 1 - best.meanKL / best.adapterKL)
        }
    }

    @Test("A bound that the model does not keep leaves nothing, and says both figures")
    func bound() throws {
        try withTemporaryFolder { folder in
            let wide = try WideBase(in: folder)
            let error = #expect(throws: PipelineError.self) {
                try export(wide, ExportOptions(type: .q4_0, maxKL: 1e-9), in: folder)
            }
            #expect(error?.code == .failed)
            #expect(error?.cause?.contains("allowed are 1e-09") == true)
            #expect(!FileManager.default.fileExists(atPath: folder + "/out"))
            let outcome = try export(wide, ExportOptions(type: .q4_0, maxKL: 1), in: folder)
            #expect(try #require(outcome.loss).meanKL > 1e-9)
        }
    }

    @Test("An update that requantising erases is refused, and kept where somebody accepts the loss")
    func erased() throws {
        try withTemporaryFolder { folder in
            let wide = try WideBase(in: folder, strength: 0.001)
            let error = #expect(throws: PipelineError.self) { try export(wide, ExportOptions(type: .q4_0), in: folder) }
            #expect(error?.code == .failed)
            #expect(error?.message.contains("no nearer") == true)
            let outcome = try export(wide, ExportOptions(type: .q4_0, maxKL: 10), in: folder)
            #expect(try #require(outcome.loss).effectKept < 0)
        }
    }

    @Test("From a GGUF, what is narrower already keeps its bytes, and all else is requantised")
    func fromGGUF() throws {
        try withTemporaryFolder { folder in
            let wide = try WideBase(in: folder)
            let narrow = try export(wide, ExportOptions(type: .q8_0), in: folder)
            let base = folder + "/base.gguf"
            try FileManager.default.moveItem(atPath: narrow.model, toPath: base)
            try FileManager.default.removeItem(atPath: folder + "/out")
            let adapter = folder + "/second"
            try WideBase.writeAdapter(
                AdapterConfiguration(rank: 4, alpha: 8, targets: ["q_proj"]), to: adapter, base: base, strength: 0.2)
            func exported(as type: FileDType?) throws -> GGUFFile {
                defer { try? FileManager.default.removeItem(atPath: folder + "/out") }
                let outcome = try AdapterExport(
                    name: "x", base: base, adapter: adapter, to: ExportTargets.named("gguf"),
                    options: ExportOptions(type: type),
                    hashCache: HashCache(file: folder + "/hashes.json")
                ).run(to: folder + "/out")
                return try GGUFFile(path: outcome.model)
            }
            let wider = try exported(as: nil)
            #expect(wider.tensors["blk.0.attn_q.weight"]?.dtype == .f16)
            #expect(wider.tensors["blk.0.attn_k.weight"]?.dtype == .q8_0)
            let same = try exported(as: .q8_0)
            #expect(same.tensors["blk.0.attn_q.weight"]?.dtype == .q8_0)
            let smaller = try exported(as: .q4k)
            #expect(smaller.tensors["blk.0.attn_q.weight"]?.dtype == .q4k)
            #expect(smaller.tensors["blk.0.attn_k.weight"]?.dtype == .q4k)
            #expect(smaller.tensors["blk.1.attn_v.weight"]?.dtype == .q6k)
            #expect(smaller.tensors["blk.0.attn_norm.weight"]?.dtype == .f32)
        }
    }

    @Test("Rows that 256 does not divide are stored in other blocks, and the outcome says so")
    func fallback() throws {
        try withTemporaryFolder { folder in
            let outcome = try AdapterExport(
                name: "x", base: Fixtures.path("llama-tiny/base"), adapter: Fixtures.path("adapters/lorad-0.1.0"),
                to: ExportTargets.named("gguf"), options: ExportOptions(type: .q4k, maxKL: 100),
                hashCache: HashCache(file: folder + "/hashes.json")
            ).run(to: folder + "/out")
            #expect(outcome.tensors == ["Q5_0": 12, "Q8_0": 3, "F32": 5])
            #expect(outcome.notes.contains { $0.contains("Q5_0") && $0.contains("256") })
        }
    }

    @Test("A method that llama.cpp has no adapters of is refused as gguf-lora, and merged")
    func dora() throws {
        try withTemporaryFolder { folder in
            let adapter = Fixtures.path("methods/dora")
            func export(_ target: String) throws -> ExportOutcome {
                try AdapterExport(
                    name: "x", base: Fixtures.path("llama-tiny/base"), adapter: adapter,
                    to: ExportTargets.named(target),
                    hashCache: HashCache(file: folder + "/hashes.json")
                ).run(to: folder + "/out-\(target)")
            }
            let error = #expect(throws: AdaptersError.self) { try export("gguf-lora") }
            #expect(error?.code == .unsupported)
            #expect(error?.message.contains("DoRA") == true)
            let merged = try export("gguf")
            #expect(merged.loss != nil)
        }
    }
}
