import CKernels

/// Element types that matrices are stored and computed in.
package enum DType: String, Sendable, Codable, CaseIterable, BitwiseCopyable {
    case float32
    /// The upper half of a float32: 8 bits of exponent, 7 of fraction. Products of it are summed in float32.
    case bfloat16

    /// Size of one element.
    package var bytes: Int { self == .float32 ? 4 : 2 }

    /// What products with weights stored in this dtype are computed in, and activations held in: float32 where the
    /// chosen variant has no instruction for products of bfloat16 (see `KernelVariant`), else the dtype itself.
    package var compute: DType { self == .bfloat16 && ck_has_bfloat16() != 0 ? .bfloat16 : .float32 }
}

extension DType {
    /// As the C kernels name it.
    var kernel: ck_dtype { self == .bfloat16 ? CK_BFLOAT16 : CK_FLOAT32 }
}

extension ck_write {
    init(accumulate: Bool) { self = accumulate ? CK_ACCUMULATE : CK_ASSIGN }
}

extension MachineInfo {
    /// Storage dtype that `training.dtype: auto` takes here. A table by variant, never a timing: bfloat16 where
    /// products of it have an instruction (`x86-64-v4-bf16`), float32 with every other variant, for whose products
    /// bfloat16 is widened.
    package static var fasterDType: DType { DType.bfloat16.compute }
}
