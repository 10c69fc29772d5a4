/// Which type each tensor of a GGUF is stored in, as llama.cpp's `llama-quantize` chooses without an importance matrix.
///
/// https://github.com/ggml-org/llama.cpp/blob/master/src/llama-quant.cpp
///
/// | tensor | type |
/// |---|---|
/// | vectors (norms, biases), positions, kinds of token | F32 |
/// | the vocabulary's head, or an embedding that is one too | Q6_K; Q8_0 where that was asked for |
/// | of Q4_K (Q4_K_M there): v and the MLP's way down in the first and last eighth of the layers, a third between | Q6_K |
/// | of Q4_K: q, k and v as one matrix | Q5_K |
/// | all others | as asked |
///
/// Rows that are no multiple of 256 take Q5_0 for Q4_K, Q5_1 for Q5_K and Q8_0 for Q6_K, those that are none of 32 take F16.
package struct GGUFTypeMix: Sendable {
    /// What a whole model can be written in.
    package static let types: [FileDType] = [.f32, .f16, .bf16, .q8_0, .q4_0, .q4_1, .q4k, .q6k]

    /// As asked for.
    package let type: FileDType
    private let layers: Int
    private let isTied: Bool

    /// - Parameter isTied: whether the embedding is the vocabulary's head too.
    package init(_ type: FileDType, layers: Int, isTied: Bool) {
        self.type = type
        self.layers = layers
        self.isTied = isTied
    }

    private static let alwaysFloat = ["position_embd.weight", "token_types.weight"]

    /// The type of a tensor by its name in the file, its shape outermost dimension first.
    package func type(of name: String, shape: [Int]) -> FileDType {
        guard shape.count > 1 else { return .f32 }
        guard type.blockElements > 1 else { return type }
        guard !Self.alwaysFloat.contains(name) else { return .f32 }
        return Self.fitting(wanted(name), columns: shape.last ?? 0)
    }

    private func wanted(_ name: String) -> FileDType {
        if name == "output.weight" || (isTied && name == "token_embd.weight") { return type == .q8_0 ? .q8_0 : .q6k }
        guard type == .q4k, let (layer, module) = Self.layerAndModule(name) else { return type }
        switch module {
        case "attn_v.weight", "ffn_down.weight": return usesMoreBits(layer) ? .q6k : type
        case "attn_qkv.weight": return .q5k
        default: return type
        }
    }

    private func usesMoreBits(_ layer: Int) -> Bool {
        layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2
    }

    private static func layerAndModule(_ name: String) -> (layer: Int, module: String)? {
        let parts = name.split(separator: ".", maxSplits: 2)
        guard parts.count == 3, parts[0] == "blk", let layer = Int(parts[1]) else { return nil }
        return (layer, String(parts[2]))
    }

    private static func fitting(_ type: FileDType, columns: Int) -> FileDType {
        func fits(_ type: FileDType) -> Bool { columns % type.blockElements == 0 }
        guard !fits(type) else { return type }
        let smaller: FileDType? =
            switch type {
            case .q4k: .q5_0
            case .q5k: .q5_1
            case .q6k: .q8_0
            default: nil
            }
        return smaller.flatMap { fits($0) ? $0 : nil } ?? .f16
    }
}
