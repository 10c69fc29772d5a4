import CKernels
import Synchronization

/// A frozen weight W `[out, in]` in bfloat16 in the panels that its products read, packed once (see `panels.h`).
///
/// The panels of forward, y = x·Wᵀ, are the only copy of the weight. Those of backward, dx = dy·W, are made of them:
/// on the way, or once and for all at the first backward that asks for it.
final class PackedWeight: Sendable {
    let outputs: Int
    let inputs: Int
    /// A panel a row.
    private let panels: Matrix
    private let backwardPanels = Mutex<Matrix?>(nil)

    /// Packs a copy of `weight`.
    init(_ weight: Matrix) {
        precondition(weight.dtype == .bfloat16, "panels of a weight in bfloat16")
        (outputs, inputs) = (weight.rows, weight.columns)
        panels = Self.room(columns: weight.rows, k: weight.columns)
        Threads.parallel(panels.rows, with: weight, panels) { range, weight, panels in
            ck_pack_panels(
                weight.base, weight.stride, weight.rows, weight.columns, 1, range.lowerBound, range.count,
                panels.base)
        }
    }

    /// y `[T, out]` = add + x `[T, in]` · Wᵀ.
    func forward(_ x: Matrix, adding add: Matrix?, into y: Matrix) {
        var product = product(x, adding: add, into: y)
        product.panels = UnsafeRawPointer(panels.base)
        PanelProduct.run(product)
    }

    /// dx `[T, in]` = add + dy `[T, out]` · W.
    ///
    /// - Parameter keepingPanels: whether the turned panels, another copy of the weight, are kept for the next time.
    func backward(_ dy: Matrix, adding add: Matrix?, into dx: Matrix, keepingPanels: Bool) {
        var product = product(dy, adding: add, into: dx)
        let kept = keepingPanels ? turned() : nil
        product.panels = UnsafeRawPointer((kept ?? panels).base)
        product.turned = kept == nil ? 1 : 0
        PanelProduct.run(product)
    }

    private func product(_ x: Matrix, adding add: Matrix?, into y: Matrix) -> ck_product {
        precondition(x.dtype == .bfloat16, "both factors of a product are of one dtype")
        return PanelProduct.product(x, adding: add, into: y, backend: .panels)
    }

    private func turned() -> Matrix {
        backwardPanels.withLock { kept in
            if let kept { return kept }
            let turned = Self.room(columns: inputs, k: outputs)
            Threads.parallel(turned.rows, with: self, turned) { range, weight, turned in
                ck_turn_panels(
                    weight.panels.base, weight.outputs, weight.inputs, range.lowerBound, range.count, 0, turned.base)
            }
            kept = turned
            return turned
        }
    }

    /// Memory for the panels of a factor `[k, columns]`: pairs along k side by side.
    private static func room(columns: Int, k: Int) -> Matrix {
        let (panels, pairs) = ((columns + PanelProduct.panel - 1) / PanelProduct.panel, (k + 1) / 2)
        return WeightMemory.matrix(panels, 2 * pairs * PanelProduct.panel, .bfloat16)
    }
}
