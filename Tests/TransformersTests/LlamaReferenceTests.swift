import Tensors
import TestSupport
import Testing

import Transformers

@Suite("A llama against transformers' values (scripts/reference/llama_tiny.py)")
struct LlamaReferenceTests {
    private func batch() throws -> PackedBatch {
        try PackedBatch(reference: goldenList(Fixtures.json("llama-tiny/batch.json")))
    }

    @Test(
        "Logits of every position equal transformers', from a folder, shards and GGUF",
        arguments: [
            ("base", "base"), ("untied", "untied"), ("base-f32.gguf", "base"), ("base-q8_0.gguf", "base_q8_0"),
            ("untied-bf16.gguf", "untied"),
        ])
    func logits(model: String, golden: String) throws {
        let expected = try Fixtures.tensor("\(golden).logits", in: "llama-tiny/forward.safetensors")
        let found = try Fixtures.tinyModel(model).logits(batch().labelledEverywhere())
        // bfloat16 files hold rounded weights: their golden is that of the unrounded model.
        let absolute: Float = model.contains("bf16") ? 0.15 : 2e-4
        #expect(firstDifference(found.values, expected.values, relative: 1e-4, absolute: absolute) == nil)
    }

    @Test("Log-probabilities of the labels equal transformers'")
    func logProbabilities() throws {
        let expected = try Fixtures.tensor("base.label_logprobs", in: "llama-tiny/forward.safetensors")
        let found = try Fixtures.tinyModel().logProbabilities(batch())
        #expect(firstDifference(found, expected.values, relative: 1e-5, absolute: 1e-4) == nil)
    }

    @Test("A sequence scores the same alone and packed among others")
    func packing() throws {
        let model = try Fixtures.tinyModel()
        let packed = try batch()
        let together = try model.logits(packed.labelledEverywhere()).values
        var apart: [Float] = []
        for index in 0..<packed.sequenceCount {
            var single = PackedBatch()
            let tokens = packed.tokens[packed.offsets[index]..<packed.offsets[index + 1]].map(Int.init)
            single.append(tokens: tokens, labels: [])
            apart += try model.logits(single.labelledEverywhere()).values
        }
        #expect(firstDifference(together, apart, relative: 1e-5, absolute: 1e-5) == nil)
    }

    @Test("Decoding token by token with a cache gives the logits of the whole sequence")
    func cache() throws {
        let model = try Fixtures.tinyModel()
        let tokens = try batch().tokens.prefix(13).map(Int.init)
        var whole = PackedBatch()
        whole.append(tokens: tokens, labels: [(tokens.count - 1, 0)])
        let expected = try model.logits(whole).values
        let cache = try model.makeCache(capacity: tokens.count)
        _ = try model.decode(Array(tokens.prefix(5)), cache: cache)
        for token in tokens[5..<(tokens.count - 1)] { _ = try model.decode([token], cache: cache) }
        let found = try model.decode([tokens[tokens.count - 1]], cache: cache).values
        #expect(firstDifference(found, expected, relative: 1e-4, absolute: 1e-4) == nil)
    }

    @Test("Greedy decoding continues as transformers' generate does")
    func greedy() throws {
        let golden = try Fixtures.json("llama-tiny/generation.json")
        for row in try goldenList(golden["greedy"]?["base"]) {
            let prompt = try goldenIntegers(row["prompt_ids"])
            let expected = try goldenIntegers(row["ids"])
            let model = try Fixtures.tinyModel()
            let cache = try model.makeCache(capacity: prompt.count + expected.count)
            var logits = try model.decode(prompt, cache: cache).values
            var found: [Int] = []
            while found.count < expected.count {
                let best = logits.indices.max { logits[$0] < logits[$1] } ?? 0
                found.append(best)
                logits = try model.decode([best], cache: cache).values
            }
            #expect(found == expected)
        }
    }

    @Test("An id outside the vocabulary and a sequence beyond the positions are refused")
    func refused() throws {
        let model = try Fixtures.tinyModel()
        var outside = PackedBatch()
        outside.append(tokens: [1, 320], labels: [(0, 1)])
        #expect(throws: (any Error).self) { try model.logProbabilities(outside) }
        var long = PackedBatch()
        long.append(tokens: [Int](repeating: 3, count: 257), labels: [(0, 1)])
        #expect(throws: (any Error).self) { try model.logProbabilities(long) }
    }
}
