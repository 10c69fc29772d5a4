import ModelFiles
import Testing

@Suite("Types of a quantised GGUF")
struct GGUFTypeMixTests {
    private func types(
        _ type: FileDType, isTied: Bool = false, columns: Int = 512, _ names: [String]
    ) -> [FileDType] {
        let mix = GGUFTypeMix(type, layers: 16, isTied: isTied)
        return names.map { mix.type(of: $0, shape: [64, columns]) }
    }

    @Test("Vectors and positions stay F32, whatever is asked for", arguments: GGUFTypeMix.types)
    func floats(_ type: FileDType) {
        let mix = GGUFTypeMix(type, layers: 16, isTied: true)
        #expect(mix.type(of: "blk.0.attn_norm.weight", shape: [512]) == .f32)
        #expect(mix.type(of: "blk.0.attn_q.bias", shape: [512]) == .f32)
        let positions = mix.type(of: "position_embd.weight", shape: [64, 512])
        #expect(positions == (type.blockElements > 1 ? .f32 : type))
    }

    @Test("The head is Q6_K, or Q8_0 beside Q8_0; so is an embedding that is the head too")
    func head() {
        for type in [FileDType.q4_0, .q4_1, .q4k, .q6k] {
            #expect(types(type, ["output.weight", "token_embd.weight"]) == [.q6k, type])
            #expect(types(type, isTied: true, ["token_embd.weight"]) == [.q6k])
        }
        #expect(types(.q8_0, ["output.weight", "token_embd.weight"]) == [.q8_0, .q8_0])
        #expect(types(.f16, ["output.weight", "token_embd.weight"]) == [.f16, .f16])
    }

    @Test("Of Q4_K, v and the way down have more bits in the outer layers and every third between")
    func moreBits() {
        let layers = 0..<16
        // 16 layers: the first two, the last two, and 4, 7, 10, 13.
        let more: Set<Int> = [0, 1, 4, 7, 10, 13, 14, 15]
        for module in ["attn_v", "ffn_down"] {
            let found = types(.q4k, layers.map { "blk.\($0).\(module).weight" })
            #expect(found == layers.map { more.contains($0) ? .q6k : .q4k })
        }
        #expect(types(.q4k, ["blk.0.attn_q.weight", "blk.0.ffn_up.weight"]) == [.q4k, .q4k])
        #expect(types(.q4k, ["blk.0.attn_qkv.weight"]) == [.q5k])
        #expect(types(.q4_0, ["blk.0.attn_v.weight", "blk.0.attn_qkv.weight"]) == [.q4_0, .q4_0])
    }

    @Test("Rows that do not divide into blocks fall back as llama.cpp has them, and at last to F16")
    func fallback() {
        let names = ["blk.2.attn_q.weight", "blk.0.attn_v.weight", "blk.2.attn_qkv.weight"]
        #expect(types(.q4k, columns: 96, names) == [.q5_0, .q8_0, .q5_1])
        #expect(types(.q6k, columns: 96, names) == [.q8_0, .q8_0, .q8_0])
        #expect(types(.q4_0, columns: 96, names + ["output.weight"]) == [.q4_0, .q4_0, .q4_0, .q8_0])
        for type in [FileDType.q8_0, .q4_0, .q4_1, .q4k, .q6k] {
            #expect(types(type, columns: 100, names) == [.f16, .f16, .f16])
        }
    }
}
