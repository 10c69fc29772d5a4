import Foundation
import Tensors
import TestSupport
import Testing

struct SoftCapTests {
    @Test(
        "The cap is c·tanh(x/c), and its gradient the slope, in float32 and nearly in bfloat16", arguments: [1, 19, 40])
    func formula(columns: Int) {
        var numbers = TestNumbers(seed: 31)
        let x = numbers.strided(3, columns)
        let y = x.copied
        Kernels.softCap(y, cap: 1.5)
        expectClose(y.values, x.values.map { 1.5 * tanh(Double($0) / 1.5) }, atol: 1e-6)
        let dy = numbers.strided(3, columns)
        let dx = dy.copied
        Kernels.softCapBackward(y, cap: 1.5, into: dx)
        let capped = Matrix(rows: 3, columns: columns)
        expectGradient(dx, of: x) {
            capped.copy(from: x)
            Kernels.softCap(capped, cap: 1.5)
            return dot(capped, dy)
        }
        let half = Matrix(rows: 3, columns: columns, dtype: .bfloat16)
        half.copy(from: dy)
        Kernels.softCapBackward(y, cap: 1.5, into: half)
        expectClose(half.float32.values, dx.values.map(Double.init), rtol: 0.01, atol: 1e-6)
    }
}
