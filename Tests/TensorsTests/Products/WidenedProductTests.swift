import CKernels
import Tensors
import Testing

/// Serialized, since the way is the whole process's. Other tests may compute meanwhile: both ways promise the same bits.
@Suite("Products of bfloat16 by multiply-adds of float32", .serialized)
struct WidenedProductTests {
    private static let shapes: [(rows: Int, k: Int, n: Int)] = [
        (1, 1, 1), (3, 70, 33), (4, 1, 3), (5, 2, 32), (12, 64, 32), (13, 255, 33), (24, 256, 64), (25, 257, 40),
        (47, 1537, 31),
        (1030, 96, 32),
    ]

    @Test("have the bits of the CPU's instruction, for any bits that are multiplied", arguments: shapes, Draw.allCases)
    func agrees(shape: (rows: Int, k: Int, n: Int), draw: Draw) {
        for order in [CK_ROW_MAJOR, CK_COLUMN_MAJOR] {
            let product = Product(shape.rows, shape.k, shape.n, draw, order)
            let (instruction, widened) = (product.result(widens: false), product.result(widens: true))
            #expect(instruction.count == shape.rows * shape.n)
            #expect(instruction == widened)
        }
    }

    @Test("leave the control register of floating point as it was")
    func controlRegister() {
        let product = Product(24, 64, 32, .near, CK_ROW_MAJOR)
        let smallest = product.x.prefix(2).map { _ in Float.leastNonzeroMagnitude }
        #expect(!product.result(widens: true).isEmpty)
        // Two denormal numbers still have a sum.
        #expect(smallest.reduce(0, +).bitPattern == 2)
    }

    /// What the factors' bits are.
    enum Draw: CaseIterable {
        /// Of the size that weights and activations have.
        case near
        /// Of any size, denormal and infinite too.
        case any
        /// So small that products and sums are denormal now and then.
        case small

        func bits(_ random: inout TestNumbers) -> UInt16 {
            let bits = UInt16((random.next() + 1) * 32_767.5)
            let exponent: UInt16 =
                switch self {
                case .near: 120 + bits >> 8 % 16
                case .any: bits >> 7 & 0xFF
                case .small: bits >> 7 & 0x3F
                }
            return bits & 0x807F | exponent << 7
        }
    }

    /// x·w by the chosen variant's product.
    private struct Product {
        let (rows, k, n): (Int, Int, Int)
        let order: ck_order
        let x: [UInt16]
        let w: [UInt16]

        init(_ rows: Int, _ k: Int, _ n: Int, _ draw: Draw, _ order: ck_order) {
            (self.rows, self.k, self.n, self.order) = (rows, k, n, order)
            var random = TestNumbers(seed: UInt64(rows + 31 * k + 1009 * n))
            // In columns a pair of k stands together, [k/2][rows][2].
            x = (0..<rows * (k + 1)).map { _ in draw.bits(&random) }
            w = (0..<n * k).map { _ in draw.bits(&random) }
        }

        /// The sums' bits; every NaN is the same one.
        func result(widens: Bool) -> [UInt32] {
            let before = ck_widens_bfloat16()
            ck_widen_bfloat16(widens ? 1 : 0)
            defer { ck_widen_bfloat16(before) }
            var y = [Float](repeating: 0, count: rows * n)
            x.withUnsafeBytes { x in
                w.withUnsafeBytes { w in
                    y.withUnsafeMutableBytes { y in
                        var product = ck_product()
                        product.x.start = x.baseAddress
                        product.x.stride = order == CK_ROW_MAJOR ? k : rows
                        product.x.dtype = CK_BFLOAT16
                        product.x.order = order
                        product.w.start = w.baseAddress
                        product.w.stride = k
                        product.w.dtype = CK_BFLOAT16
                        product.w.form = CK_TRANSPOSED
                        product.y.start = y.baseAddress
                        product.y.stride = n
                        product.y.dtype = CK_FLOAT32
                        (product.rows, product.k, product.columns) = (rows, k, n)
                        product.backend = CK_NATIVE
                        let scratch = UnsafeMutableRawPointer.allocate(
                            byteCount: ck_product_scratch(&product), alignment: 64)
                        defer { scratch.deallocate() }
                        ck_product_part(&product, 0, rows, 0, n, scratch)
                    }
                }
            }
            return y.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern }
        }
    }
}
