/// One linear projection of the base, under its checkpoint name, and the place where an adapter attaches.
package final class ProjectionSlot {
    /// Module path in the Hugging Face checkpoint, such as `model.layers.0.self_attn.q_proj`.
    package let name: String
    /// Name of the projection's weight in the checkpoint: the module's, unless the checkpoint leaves out its first part.
    package let weightName: String
    package let outputs: Int
    package let inputs: Int
    /// Added to the frozen product while set.
    package var adapter: (any ProjectionAdapter)?

    package init(name: String, weightName: String? = nil, outputs: Int, inputs: Int) {
        self.name = name
        self.weightName = weightName ?? name + ".weight"
        self.outputs = outputs
        self.inputs = inputs
    }
}
