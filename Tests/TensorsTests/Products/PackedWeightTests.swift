import CKernels
import Tensors
import Testing

@Suite("A weight packed once")
struct PackedWeightTests {
    private static let shapes: [(rows: Int, outputs: Int, inputs: Int)] = [
        (1, 1, 1), (2, 5, 3), (12, 32, 32), (13, 33, 17), (25, 96, 64), (3, 40, 1537), (30, 3101, 31), (7, 64, 33),
        // One row goes over two panels at a time: of an even and of an odd number of them, the last one narrow.
        (1, 3101, 33), (1, 128, 64), (1, 250, 1537),
        // More rows than a product takes at a time.
        (1030, 40, 33),
    ]

    @Test(
        "has the products of the weight as it lies, bit for bit, whether or not it keeps panels for backward",
        arguments: shapes, [true, false])
    func agrees(shape: (rows: Int, outputs: Int, inputs: Int), keepingPanels: Bool) {
        var numbers = TestNumbers(seed: UInt64(shape.outputs + 7 * shape.inputs))
        let matrix = numbers.strided(shape.outputs, shape.inputs).narrowed
        let weight = FrozenWeight(matrix, dtype: .bfloat16, isLayer: true)
        let x = numbers.strided(shape.rows, shape.inputs).narrowed
        let dy = numbers.strided(shape.rows, shape.outputs).narrowed
        let (addY, addDX) = (
            numbers.strided(shape.rows, shape.outputs), numbers.strided(shape.rows, shape.inputs)
        )
        for dtype in DType.allCases {
            let (y, dx) = (
                Matrix(rows: shape.rows, columns: shape.outputs, dtype: dtype),
                Matrix(rows: shape.rows, columns: shape.inputs, dtype: dtype)
            )
            let (expectedY, expectedDX) = (
                Matrix(rows: y.rows, columns: y.columns, dtype: dtype),
                Matrix(rows: dx.rows, columns: dx.columns, dtype: dtype)
            )
            // Twice: what a first backward keeps is what a second one reads.
            for adds in [false, true] {
                weight.forward(x, adding: adds ? addY : nil, into: y)
                weight.backward(dy, adding: adds ? addDX : nil, into: dx, keepingPanels: keepingPanels)
                PanelProduct.run(x, matrix, transposed: true, adding: adds ? addY : nil, into: expectedY)
                PanelProduct.run(dy, matrix, transposed: false, adding: adds ? addDX : nil, into: expectedDX)
                #expect(y.values == expectedY.values)
                #expect(dx.values == expectedDX.values)
            }
        }
    }

    @Test("Transposed panels are those of the transposed weight, in portable code too", arguments: shapes, [0, 1])
    func transposedPanels(shape: (rows: Int, outputs: Int, inputs: Int), portable: Int) {
        var numbers = TestNumbers(seed: UInt64(3 * shape.outputs + shape.inputs))
        let exact = numbers.strided(shape.outputs, shape.inputs)
        let (weight, transposed) = (exact.narrowed, Matrix(rows: shape.inputs, columns: shape.outputs))
        Kernels.transpose(exact, into: transposed)
        let direct = panels(transposed.narrowed)
        let packed = panels(weight)
        // What lies before and beyond is left alone.
        let count = (shape.inputs + ck_panel_columns() - 1) / ck_panel_columns()
        var transposedPanels = [UInt16](repeating: 0x7FC1, count: direct.count + 64)
        packed.withUnsafeBytes { packed in
            transposedPanels.withUnsafeMutableBytes { transposedPanels in
                ck_transpose_panels(
                    packed.baseAddress, shape.outputs, shape.inputs, 0, count, portable == 0 ? CK_NATIVE : CK_PORTABLE,
                    transposedPanels.baseAddress.map { $0 + 64 })
            }
        }
        #expect(Array(transposedPanels.dropFirst(32).dropLast(32)) == direct)
        #expect(transposedPanels.prefix(32) + transposedPanels.suffix(32) == ArraySlice(repeating: 0x7FC1, count: 64))
    }

    private func panels(_ weight: Matrix) -> [UInt16] {
        let bytes = ck_panels_bytes(weight.rows, weight.columns, CK_BFLOAT16)
        let elements = weight.values.map { UInt16($0.bitPattern >> 16) }
        return [UInt16](unsafeUninitializedCapacity: bytes / 2) { buffer, count in
            ck_pack_panels(
                elements, weight.columns, weight.rows, weight.columns, CK_BFLOAT16, 0,
                (weight.rows + ck_panel_columns() - 1) / ck_panel_columns(),
                buffer.baseAddress)
            count = bytes / 2
        }
    }
}
