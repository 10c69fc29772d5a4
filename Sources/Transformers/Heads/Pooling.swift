/// Which token's row stands for its whole sequence.
package enum Pooling: Sendable {
    /// The first, an encoder's `[CLS]`.
    case first
    /// The last, which alone has read everything in a decoder.
    case last

    /// The row among `count`.
    package func position(count: Int) -> Int { self == .first ? 0 : count - 1 }
}
