/// What a merged GGUF's weights are stored in, as `GGUFTypeMix` has them.
package enum GGUFStorage: String, Sendable, CaseIterable, Codable {
    case f32 = "F32"
    case f16 = "F16"
    case bf16 = "BF16"
    case q8 = "Q8_0"
    case q4 = "Q4_0"
    case q4With1 = "Q4_1"
    case q4K = "Q4_K"
    case q6K = "Q6_K"

    /// Those whose weights stand in blocks of fewer bits, which are no type of floating point.
    package var isBlocks: Bool { ![.f32, .f16, .bf16].contains(self) }
}
