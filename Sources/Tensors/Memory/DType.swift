import CKernels

/// Element types that matrices are stored and computed in.
package enum DType: String, Sendable, Codable, CaseIterable, BitwiseCopyable {
    case float32
    /// The upper half of a float32: 8 bits of exponent, 7 of fraction. Products of it are summed in float32.
    case bfloat16

    /// Size of one element.
    package var bytes: Int { self == .float32 ? 4 : 2 }

    /// What products with weights stored in this dtype are computed in, and activations held in: float32 where the chosen
    /// variant has no instruction for products of bfloat16 (see `KernelVariant`), else the dtype itself.
    package var compute: DType { self == .bfloat16 && ck_has_bfloat16() != 0 ? .bfloat16 : .float32 }
}
