/// Element types of tensors in files, as blocks of `blockElements` that take `blockBytes`.
package enum FileDType: String, Sendable, CaseIterable {
    case f32, f16, bf16
    /// ggml's quantised blocks of 32 elements: scale (and minimum) as float16, then 8 or 4 bits an element.
    case q8_0, q4_0, q4_1

    package var blockElements: Int {
        switch self {
        case .f32, .f16, .bf16: 1
        case .q8_0, .q4_0, .q4_1: 32
        }
    }

    package var blockBytes: Int {
        switch self {
        case .f32: 4
        case .f16, .bf16: 2
        case .q8_0: 34
        case .q4_0: 18
        case .q4_1: 20
        }
    }
}
