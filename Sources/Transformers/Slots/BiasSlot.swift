import Tensors

/// A tensor of which the bias `[1, Σ out]` of a `ProjectionGroup` is made, and where it stands there.
package struct BiasSlot {
    package let slot: ParameterSlot
    let place: RowBlock

    /// - Parameters:
    ///   - name: path in transformers' model.
    ///   - shape: in the checkpoint.
    init(name: String, storedName: String, shape: [Int], place: RowBlock, in bias: Matrix) {
        self.place = place
        slot = ParameterSlot(
            name: name, storedName: storedName, shape: shape, kind: .bias, value: bias.block(place))
    }
}
