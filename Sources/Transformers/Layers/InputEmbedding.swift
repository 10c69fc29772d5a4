import Tensors

/// What stands below the first block: token ids become rows.
package protocol InputEmbedding {
    /// x `[T, d]` of T tokens that stand as `layout` says.
    func forward(_ tokens: [Int32], layout: SequenceLayout, into x: Matrix)
}
