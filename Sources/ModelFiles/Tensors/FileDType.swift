/// Element types of tensors in files, under the names that the safetensors and ggml documents give them.
///
/// lorad reads the floating-point and the quantised ones that checkpoints are made of; it knows the size of the others, so
/// that a file with an integer buffer can be opened and the rest of it read.
// swift-format-ignore: AlwaysUseLowerCamelCase
package enum FileDType: String, Sendable, CaseIterable {
    case f32 = "F32"
    case f16 = "F16"
    case bf16 = "BF16"
    case f64 = "F64"
    // ggml's blocks; the layouts are drawn in `Blocks/`.
    case q4_0 = "Q4_0"
    case q4_1 = "Q4_1"
    case q5_0 = "Q5_0"
    case q5_1 = "Q5_1"
    case q8_0 = "Q8_0"
    case q2k = "Q2_K"
    case q3k = "Q3_K"
    case q4k = "Q4_K"
    case q5k = "Q5_K"
    case q6k = "Q6_K"
    case iq4nl = "IQ4_NL"
    case iq4xs = "IQ4_XS"

    // Known, not read.
    case bool = "BOOL"
    case i8 = "I8"
    case u8 = "U8"
    case i16 = "I16"
    case u16 = "U16"
    case i32 = "I32"
    case u32 = "U32"
    case i64 = "I64"
    case u64 = "U64"
    case c64 = "C64"
    case f8e4m3 = "F8_E4M3"
    case f8e5m2 = "F8_E5M2"
    case f8e8m0 = "F8_E8M0"
    /// What ggml rounds activations to for a product; no file holds it.
    case q8k = "Q8_K"

    /// What `read` turns into float32.
    package static let readable: [FileDType] = [
        .f32, .f16, .bf16, .f64, .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .q2k, .q3k, .q4k, .q5k, .q6k, .iq4nl, .iq4xs,
    ]

    package var isReadable: Bool { Self.readable.contains(self) }

    /// Elements that are stored together; a row is a whole number of blocks.
    package var blockElements: Int { self == .q8k ? 256 : blockFormat?.elements ?? 1 }

    /// Bytes of one block.
    package var blockBytes: Int {
        switch self {
        case .bool, .i8, .u8, .f8e4m3, .f8e5m2, .f8e8m0: 1
        case .f16, .bf16, .i16, .u16: 2
        case .f64, .i64, .u64, .c64: 8
        case .q8k: 292
        default: blockFormat?.bytes ?? 4
        }
    }

    /// Of storage, scales included.
    package var bitsPerElement: Double { 8 * Double(blockBytes) / Double(blockElements) }

    /// The layout, of types whose elements are stored in blocks.
    var blockFormat: (any BlockFormat.Type)? {
        switch self {
        case .q4_0: Q4_0Block.self
        case .q4_1: Q4_1Block.self
        case .q5_0: Q5_0Block.self
        case .q5_1: Q5_1Block.self
        case .q8_0: Q8_0Block.self
        case .q2k: Q2KBlock.self
        case .q3k: Q3KBlock.self
        case .q4k: Q4KBlock.self
        case .q5k: Q5KBlock.self
        case .q6k: Q6KBlock.self
        case .iq4nl: IQ4NLBlock.self
        case .iq4xs: IQ4XSBlock.self
        default: nil
        }
    }

    /// How blocks are made, of types that lorad writes.
    var quantiser: (any BlockQuantiser.Type)? { blockFormat as? any BlockQuantiser.Type }

    static var readableNames: String { readable.map(\.rawValue).joined(separator: ", ") }
}
