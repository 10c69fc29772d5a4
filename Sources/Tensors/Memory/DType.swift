/// Element types that matrices are computed in.
package enum DType: String, Sendable, Codable, CaseIterable, BitwiseCopyable {
    case float32
    /// The upper half of a float32: 8 bits of exponent, 7 of fraction. Products of it are summed in float32.
    case bfloat16

    /// Size of one element.
    package var bytes: Int { self == .float32 ? 4 : 2 }
}
