import CKernels
import Foundation
import Testing

/// `ck_exp` is inlined into the kernels; attention's gradients show it bare, since p = exp(s − 0).
struct ExponentialTests {
    private func exponentials(_ x: [Float]) -> [Float] {
        let padded = (x.count + 15) / 16 * 16
        var p = x + [Float](repeating: 0, count: padded - x.count)
        var gradients = [Float](repeating: 0, count: padded)
        let zeros = [Float](repeating: 0, count: padded)
        ck_attention_gradients(&p, &gradients, padded, zeros, zeros, 1, x.count, 1, 1, Int(CK_NO_WINDOW), 1)
        return Array(p.prefix(x.count))
    }

    @Test("Its relative error against libm stays below 2e-7 over the whole range")
    func relativeError() {
        let x = (0...700_000).map { min(88, -87 + Float($0) * 2.5e-4) }
        for (x, ours) in zip(x, exponentials(x)) {
            let expected = exp(Double(x))
            #expect(abs(Double(ours) - expected) <= 2e-7 * expected, "exp(\(x)) is \(ours)")
        }
    }

    @Test("Beyond the range it is clamped, never infinite; NaN stays NaN")
    func extremes() {
        let p = exponentials([-.infinity, -1e30, 1e30, .infinity, .nan])
        #expect(p[0] < 2e-38 && p[1] < 2e-38)
        #expect(p[2].isFinite && p[3].isFinite)
        #expect(p[4].isNaN)
    }
}
