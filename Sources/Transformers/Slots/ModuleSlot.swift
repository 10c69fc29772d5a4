import Tensors

/// A module of the base whose weight is a matrix W `[out, in]`, under its checkpoint name, and the place where an adapter
/// attaches to it.
package protocol ModuleSlot: AnyObject {
    /// Module path in transformers' model, such as `model.layers.0.self_attn.q_proj`.
    var name: String { get }
    /// Name of the module's weight in the checkpoint.
    var weightName: String { get }
    var outputs: Int { get }
    var inputs: Int { get }
    /// Whether the checkpoint stores the weight as `[in, out]`.
    var isTransposed: Bool { get }
    /// Whether it is a linear projection; else it is an embedding's table.
    var isProjection: Bool { get }
    /// Whether the checkpoint has a bias of the module's own, under `biasName`.
    var hasBias: Bool { get }
    /// The frozen part, while the model that it is of exists; nil where the model keeps no weight of a projection.
    var frozen: FrozenProjection? { get }
    /// Whether an adapter stands in it.
    var isTaken: Bool { get }
}

extension ModuleSlot {
    /// Name of the module's bias in the checkpoint, where it has one.
    package var biasName: String { weightName.dropLast("weight".count) + "bias" }

    /// The weight's shape in the checkpoint.
    package var weightShape: [Int] { isTransposed ? [inputs, outputs] : [outputs, inputs] }
}
