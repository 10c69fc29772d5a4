import CKernels

/// What computes the products with frozen weights and those of attention.
package enum ProductBackend: String, CaseIterable, Sendable {
    /// lorad's panels with AVX-512: the fastest where the CPU has it.
    case panels
    /// The same panels in code that runs on every CPU; bfloat16's only one without AVX512-BF16.
    case portablePanels
    /// OpenBLAS, which knows CPUs without AVX-512 better than the portable panels do; float32 only.
    case openBLAS

    /// The fastest on this machine.
    package static func best(for dtype: DType) -> ProductBackend {
        if ck_has_panels(dtype == .bfloat16 ? 1 : 0) != 0 { return .panels }
        return dtype == .bfloat16 ? .portablePanels : .openBLAS
    }

    static let bestForFloat32 = best(for: .float32)
    static let bestForBFloat16 = best(for: .bfloat16)

    static func automatic(_ dtype: DType) -> ProductBackend {
        dtype == .float32 ? bestForFloat32 : bestForBFloat16
    }
}
