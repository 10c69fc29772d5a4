import CKernels
import Synchronization

/// A frozen weight W `[out, in]` in bfloat16 in the panels that its products read, packed once (see `panels.h`).
///
/// The panels of forward, y = x·Wᵀ, are the only copy of the weight. Those of backward, dx = dy·W, are made of them:
/// on the way, or once and for all at the first backward that asks for it.
final class PackedWeight: FrozenForm {
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
                weight.base, weight.stride, weight.rows, weight.columns, CK_BFLOAT16, range.lowerBound, range.count,
                panels.base)
        }
    }

    var bytes: Int {
        let kept = backwardPanels.withLock { $0.map(Self.bytes) ?? 0 }
        return Self.bytes(panels) + kept
    }

    /// Bytes of weights of so many elements once they have been through a step, but for the panels' rims.
    static func bytes(elements: Int, keepingPanels: Bool) -> Int {
        (keepingPanels ? 2 : 1) * DType.bfloat16.bytes * elements
    }

    private static func bytes(_ panels: Matrix) -> Int { panels.dtype.bytes * panels.rows * panels.columns }

    /// y `[T, out]` = add + x `[T, in]` · Wᵀ, a single row as in a batch.
    func forward(_ x: Matrix, adding add: Matrix?, into y: Matrix, isDecoding: Bool) {
        run(x, panels, CK_PACKED, adding: add, into: y)
    }

    /// dx `[T, in]` = add + dy `[T, out]` · W.
    ///
    /// - Parameter keepingPanels: whether the transposed panels, another copy of the weight, are kept for the next time.
    func backward(_ dy: Matrix, adding add: Matrix?, into dx: Matrix, keepingPanels: Bool) {
        if keepingPanels {
            run(dy, transposedPanels(), CK_PACKED, adding: add, into: dx)
        } else {
            run(dy, panels, CK_PACKED_TRANSPOSED, adding: add, into: dx)
        }
    }

    /// The product of the row's unit vector with W: one is exact in bfloat16.
    func row(_ index: Int, into row: Matrix) {
        let unit = Matrix(rows: 1, columns: outputs)
        unit[0, index] = 1
        let narrow = Matrix(rows: 1, columns: outputs, dtype: .bfloat16)
        narrow.copy(from: unit)
        backward(narrow, adding: nil, into: row, keepingPanels: false)
    }

    /// Of W's columns, which are the products with unit vectors.
    func squaredRowNorms(_ rows: Range<Int>) -> [Double] {
        let block = 256
        var norms = [Double](repeating: 0, count: rows.count)
        for first in stride(from: 0, to: inputs, by: block) {
            let units = Matrix(rows: min(block, inputs - first), columns: inputs)
            for row in 0..<units.rows { units[row, first + row] = 1 }
            let narrow = Matrix(rows: units.rows, columns: inputs, dtype: .bfloat16)
            narrow.copy(from: units)
            let columns = Matrix(rows: units.rows, columns: outputs)
            forward(narrow, adding: nil, into: columns, isDecoding: false)
            for row in 0..<columns.rows {
                columns.withRow(row) { values in
                    for (index, output) in rows.enumerated() {
                        norms[index] += Double(values[output]) * Double(values[output])
                    }
                }
            }
        }
        return norms
    }

    private func run(_ x: Matrix, _ panels: Matrix, _ form: ck_form, adding add: Matrix?, into y: Matrix) {
        precondition(x.dtype == .bfloat16, "both factors of a product are of one dtype")
        let second = ck_second_factor(start: panels.base, stride: 0, dtype: CK_BFLOAT16, form: form)
        PanelProduct.run(PanelProduct.product(x, second, adding: add, into: y, backend: .panels))
    }

    private func transposedPanels() -> Matrix {
        backwardPanels.withLock { cached in
            if let cached { return cached }
            let transposed = Self.room(columns: inputs, k: outputs)
            Threads.parallel(transposed.rows, with: self, transposed) { range, weight, transposed in
                ck_transpose_panels(
                    weight.panels.base, weight.outputs, weight.inputs, range.lowerBound, range.count, CK_NATIVE,
                    transposed.base)
            }
            cached = transposed
            return transposed
        }
    }

    /// Memory for the panels of a factor `[k, columns]`: pairs along k side by side.
    private static func room(columns: Int, k: Int) -> Matrix {
        let (panels, pairs) = ((columns + PanelProduct.panel - 1) / PanelProduct.panel, (k + 1) / 2)
        return WeightMemory.matrix(panels, 2 * pairs * PanelProduct.panel, .bfloat16)
    }
}
