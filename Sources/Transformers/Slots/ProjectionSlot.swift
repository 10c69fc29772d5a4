import Tensors

/// One linear projection of the base, under its checkpoint name, and the place where an adapter attaches.
package final class ProjectionSlot: ModuleSlot {
    /// Module path in the Hugging Face checkpoint, such as `model.layers.0.self_attn.q_proj`.
    package let name: String
    /// Name of the projection's weight in the checkpoint: the module's, unless the checkpoint leaves out its first part.
    package let weightName: String
    package let outputs: Int
    package let inputs: Int
    /// Whether the checkpoint stores the weight as `[in, out]`, as GPT-2's `Conv1D` does: PEFT's `fan_in_fan_out`.
    package let isTransposed: Bool
    /// Whether the checkpoint has a bias of the projection's own, under `biasName`.
    package internal(set) var hasBias = false
    /// What computes beside the frozen product while set.
    package var adapter: (any ProjectionAdapter)?
    /// The frozen part, while the model that it is of exists; nil where the model keeps no weight of the projection.
    package internal(set) weak var frozen: FrozenProjection?
    package let isProjection = true
    package var isTaken: Bool { adapter != nil }

    package init(
        name: String, weightName: String? = nil, outputs: Int, inputs: Int, isTransposed: Bool = false
    ) {
        self.name = name
        self.weightName = weightName ?? name + ".weight"
        self.outputs = outputs
        self.inputs = inputs
        self.isTransposed = isTransposed
    }

    /// The weight as it can be trained: `[out, in]` in the model's memory.
    func weight(_ memory: Matrix) -> ParameterSlot {
        ParameterSlot(
            name: name + ".weight", storedName: weightName, shape: weightShape, kind: .weight,
            form: isTransposed ? .transposed : .same, value: memory)
    }
}
