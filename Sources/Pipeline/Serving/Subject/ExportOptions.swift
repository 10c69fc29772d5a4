import ModelFiles

/// Something that only some forms can be told.
package enum ExportOption: String, Sendable, CaseIterable {
    case dtype, type
    case maxKL = "max-kl"
}

/// How an adapter is to be exported; nil is the form's own choice.
package struct ExportOptions: Sendable, Equatable {
    /// Of merged safetensors: F32, BF16 or F16.
    package var dtype: FileDType?
    /// Of a merged GGUF: one of `GGUFTypeMix.types`.
    package var type: FileDType?
    /// Most nats that a merged model's distributions may be from those of base and adapter, in the mean.
    package var maxKL: Double?

    package init(dtype: FileDType? = nil, type: FileDType? = nil, maxKL: Double? = nil) {
        self.dtype = dtype
        self.type = type
        self.maxKL = maxKL
    }

    /// Those that are not left to the form.
    var given: [ExportOption] {
        [dtype.map { _ in .dtype }, type.map { _ in .type }, maxKL.map { _ in .maxKL }].compactMap { $0 }
    }
}
