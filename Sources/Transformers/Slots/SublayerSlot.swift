import Tensors

/// What a sublayer adds to the residual stream, and the place where an adapter of it attaches.
package final class SublayerSlot {
    package enum Kind: String, Sendable, CaseIterable {
        case attention, feedForward
    }

    /// Module path of the projection that ends the sublayer, such as `model.layers.0.mlp.down_proj`.
    package let name: String
    package let kind: Kind
    package let width: Int
    /// What is computed of the sublayer's output while set; an empty slot costs nothing.
    package var adapter: (any SublayerAdapter)?

    package init(name: String, kind: Kind, width: Int) {
        self.name = name
        self.kind = kind
        self.width = width
    }
}

/// What stands in a sublayer's slot: the sublayer gives o + update(o) where it gave o, `[T, d]`.
///
/// Models know this protocol and no method of adaptation.
package protocol SublayerAdapter: AnyObject {
    /// Numbers per row that backward needs besides o.
    var savedCount: Int { get }

    /// y += update(o). `saved` `[T, savedCount]` receives what backward needs.
    func forward(_ o: Matrix, into y: Matrix, saved: Matrix, pass: Pass)

    /// Accumulates the gradients of its own parameters, and do += ∂update/∂oᵀ·dy, which may not be `dy` itself.
    func backward(_ dy: Matrix, o: Matrix, saved: Matrix, into dOutput: Matrix, pass: Pass)
}
