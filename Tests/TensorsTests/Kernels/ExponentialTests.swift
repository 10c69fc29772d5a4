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
        p.withUnsafeMutableBufferPointer { p in
            gradients.withUnsafeMutableBufferPointer { gradients in
                zeros.withUnsafeBufferPointer { zeros in
                    var tile = ck_attention_tile(
                        scores: p.baseAddress, stride: padded, queries: x.count, keys: 1, group: 1, first_visible: 1,
                        window: Int(CK_NO_WINDOW), scale: 1, dtype: CK_FLOAT32)
                    var gradients = ck_score_gradients(
                        dp: gradients.baseAddress, pairs: nil, log_sum_exp: zeros.baseAddress,
                        delta: zeros.baseAddress)
                    ck_attention_gradients(&tile, &gradients)
                }
            }
        }
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

    /// Probabilities that are to be rounded to bfloat16, before they are: sums over one key each, of a maximum of 0.
    private func probabilities(_ x: [Float]) -> [Float] {
        let stride = 16
        var scores = [Float](repeating: 0, count: x.count * stride)
        for (row, x) in x.enumerated() { scores[row * stride] = x }
        var (output, maxima) = ([Float](repeating: 0, count: x.count), [Float](repeating: 0, count: x.count))
        var sums = maxima
        scores.withUnsafeMutableBufferPointer { scores in
            output.withUnsafeMutableBufferPointer { output in
                maxima.withUnsafeMutableBufferPointer { maxima in
                    sums.withUnsafeMutableBufferPointer { sums in
                        var tile = ck_attention_tile(
                            scores: scores.baseAddress, stride: stride, queries: x.count, keys: 1, group: x.count,
                            first_visible: 1, window: Int(CK_NO_WINDOW), scale: 1, dtype: CK_BFLOAT16)
                        var softmax = ck_online_softmax(
                            output: output.baseAddress, head_dim: 1, maxima: maxima.baseAddress,
                            sums: sums.baseAddress)
                        ck_attention_probabilities(&tile, &softmax, CK_LATER_TILE)
                    }
                }
            }
        }
        return sums
    }

    private func excess(_ pair: (x: Float, p: Float)) -> Double {
        let expected = exp(Double(pair.x))
        return abs(Double(pair.p) - expected) / expected - (2e-7 + 8e-8 * Double(-pair.x))
    }

    @Test("Where it is rounded to bfloat16, its relative error stays below 2e-7 + 8e-8·|x|")
    func relativeErrorOfProbabilities() {
        // An exponent of 2 is rounded to half an ulp, 6e-8 of it, and log2(e) is off by 1.4e-8 of itself.
        let x = (0...350_000).map { -Float($0) * 2.45e-4 }
        let worst = zip(x, probabilities(x)).max { excess($0) < excess($1) }
        #expect(worst.map { excess($0) <= 0 } == true, "\(String(describing: worst))")
        #expect(probabilities([-1e30, -.infinity]).allSatisfy { $0 < 3e-38 })
    }
}
