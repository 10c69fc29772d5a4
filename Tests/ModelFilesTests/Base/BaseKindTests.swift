import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing
import Transformers

@Suite("What is given as a base and is none")
struct BaseKindTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func gguf(_ metadata: [(key: String, value: GGUFValue)], tensors: [String]) throws -> String {
        let path = folder.path + "/x.gguf"
        let matrix = Matrix(rows: 2, columns: 2)
        try GGUFWriter.write(
            metadata: metadata, tensors: tensors.map { (TensorEntry(name: $0, matrix: matrix), .f32) }, to: path)
        return path
    }

    @Test("A GGUF of another kind is called what it is")
    func ggufs() throws {
        let cases: [([(key: String, value: GGUFValue)], [String], String)] = [
            (
                [("general.type", .string("adapter")), ("general.architecture", .string("llama"))],
                ["blk.0.attn_q.weight.lora_a"], "is a LoRA adapter in GGUF, not a base"
            ),
            (
                [("general.type", .string("mmproj")), ("general.architecture", .string("clip"))],
                ["v.patch_embd.weight"], "multimodal model (mmproj), not a base"
            ),
            ([("general.architecture", .string("clip"))], ["v.patch_embd.weight"], "(mmproj), not a base"),
            ([("general.type", .string("imatrix"))], ["a"], "is of general.type \"imatrix\", not a base"),
            (
                [
                    ("general.architecture", .string("llama")),
                    ("tokenizer.ggml.tokens", .array(.string, [.string("a")])),
                ], [], "holds a vocabulary and no weights, not a base"
            ),
        ]
        for (metadata, tensors, says) in cases {
            let path = try gguf(metadata, tensors: tensors)
            let error = expectError(.unsupported, containing: says) { try BaseModelFiles(path: path) }
            #expect(error?.advice?.isEmpty == false)
        }
    }

    @Test("An adapter's folder is called one, and names its base; beside a whole model its file says nothing")
    func adapter() throws {
        try folder.write(#"{"base_model_name_or_path": "org/base", "peft_type": "LORA"}"#, as: "adapter_config.json")
        expectError(.unsupported, containing: "a PEFT adapter's folder, for the base \"org/base\"") {
            try BaseModelFiles(path: folder.path)
        }
        try folder.copyFixture("llama")
        #expect(try BaseModelFiles(path: folder.path).configuration.modelType == "llama")
    }

    @Test(
        "A model of more than text is called one",
        arguments: [
            (#""llava", "text_config": {"model_type": "llama"}, "vision_config": {}"#, "images", "llama"),
            (#""llava""#, "images", "text alone"),
            (#""gemma3", "text_config": {"model_type": "gemma3_text"}, "vision_config": {}"#, "images", "gemma3_text"),
            (#""llama", "mm_vision_tower": "clip""#, "images", "text alone"),
            (#""qwen2_audio", "audio_config": {}"#, "sounds", "text alone"),
        ])
    func multimodal(configuration: String, sense: String, advice: String) throws {
        try folder.write("{\"model_type\": \(configuration)}", as: "config.json")
        let error = expectError(.unsupported, containing: "a model of \(sense) and text") {
            try BaseModelFiles(path: folder.path)
        }
        #expect(error?.advice?.contains(advice) == true)
    }

    @Test("Ends of texts are those of config.json and generation_config.json, each once")
    func ends() throws {
        try folder.copyFixture("llama")
        let own = try BaseModelFiles(path: folder.path).configuration.eosTokenIDs
        #expect(own == [2])
        for (generation, ends) in [("null", [2]), ("5", [2, 5]), ("[7, 2, 5, 7]", [2, 7, 5])] {
            try folder.write("{\"eos_token_id\": \(generation)}", as: "generation_config.json")
            let base = try BaseModelFiles(path: folder.path)
            #expect(try base.endTokenIDs() == ends)
            #expect(base.endTokenIDsVersion1 == [2])
        }
        try folder.write(#"{"eos_token_id": "</s>"}"#, as: "generation_config.json")
        expectError(.malformed, containing: "eos_token_id") { try BaseModelFiles(path: folder.path).endTokenIDs() }
    }
}
