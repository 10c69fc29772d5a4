/// How fast this CPU multiplies bfloat16, by trying: an instruction for it need not be faster than float32's. Zen 4's
/// does twice as much at a time, that of Intel's cores half as much, for which multiply-adds of float32 stand in
/// (`ck_widens_bfloat16`).
package enum ProductSpeed {
    /// Rate of a product of bfloat16 over that of the same product of float32, by the chosen variant on all threads,
    /// the best of some turns of a millisecond or less each; nil where the variant has no product of bfloat16.
    package static func bfloat16OverFloat32() -> Double? {
        guard DType.bfloat16.compute == .bfloat16 else { return nil }
        let (float32, bfloat16) = (Trial(.float32), Trial(.bfloat16))
        for _ in 0..<turns {
            float32.turn()
            bfloat16.turn()
        }
        return float32.best / bfloat16.best
    }

    private static let turns = 40

    /// A product whose factors stay in the near caches.
    private final class Trial {
        private let weight: FrozenWeight
        private let x: Matrix
        private let y: Matrix
        private(set) var best = Double.infinity

        init(_ dtype: DType) {
            let (rows, outputs, inputs) = (48 * Threads.count, 256, 512)
            weight = FrozenWeight(Matrix(rows: outputs, columns: inputs), dtype: dtype, isLayer: true)
            x = Matrix(rows: rows, columns: inputs, dtype: dtype)
            y = Matrix(rows: rows, columns: outputs)
        }

        func turn() {
            let clock = ContinuousClock()
            let time = clock.measure { weight.forward(x, into: y) }
            best = min(best, Double(time.components.attoseconds) * 1e-18 + Double(time.components.seconds))
        }
    }
}
