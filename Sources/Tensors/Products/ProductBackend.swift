import CKernels

/// What computes the products with frozen weights and those of attention. Both give the same numbers but for rounding.
package enum ProductBackend: String, CaseIterable, Sendable {
    /// The chosen variant's own instructions, see `KernelVariant`.
    case panels
    /// The same panels in code that runs on every CPU; for tests.
    case portablePanels

    /// As the C kernels name it.
    var kernel: ck_backend { self == .panels ? CK_NATIVE : CK_PORTABLE }
}
