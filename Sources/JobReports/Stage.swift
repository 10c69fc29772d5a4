/// The stages of a job, in order.
package enum Stage: String, Codable, CaseIterable, Sendable {
    case base, data, train, adapter, slices, parity, publish
}
