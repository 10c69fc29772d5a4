/// Element types that matrices are computed in.
package enum DType: String, Sendable, Codable {
    case float32

    /// Size of one element.
    package var bytes: Int { 4 }
}
