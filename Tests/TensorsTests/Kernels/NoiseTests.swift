import Tensors
import Testing

struct NoiseTests {
    private let random = Philox(seed: 42, streamNumber: 7)

    @Test(
        "Each element gains the noise of its position, to the bit and for views of any shape",
        arguments: [(1, 1, 0), (3, 5, 3), (7, 67, 1_000_001), (2, 200, 1 << 33), (120, 90, 5)])
    func agreesWithScalarPhilox(rows: Int, columns: Int, first: Int) {
        var numbers = TestNumbers(seed: 13)
        let x = numbers.strided(rows, columns)
        let magnitude: Float = 0.37
        let expected = x.values.enumerated().map { index, value -> Float in
            let position = UInt64(first + index)
            let word = random.bits(step: 9, position: position / 4)[Int(position % 4)]
            let uniform = Float(word >> 8) * 0x1p-23 - 1
            // Two roundings; a fused sum would have one.
            let noise = magnitude * uniform
            return value + noise
        }
        Kernels.addNoise(to: x, magnitude: magnitude, random: random, step: 9, firstPosition: UInt64(first))
        #expect(x.values == expected)
    }

    @Test("Noise is uniform within its magnitude, and steps and streams differ")
    func uniform() {
        let draws = [(random, UInt64(1)), (random, 2), (Philox(seed: 42, streamNumber: 8), 1)].map { random, step in
            let x = Matrix(rows: 100, columns: 1000)
            Kernels.addNoise(to: x, magnitude: 0.5, random: random, step: step, firstPosition: 0)
            return x.values
        }
        for values in draws {
            #expect(values.allSatisfy { $0 >= -0.5 && $0 < 0.5 })
            // Four standard deviations of a mean of 100,000, and of the variance 1/12.
            #expect(abs(values.reduce(0) { $0 + Double($1) } / 100_000) < 0.0037)
            let variance = values.reduce(0) { $0 + Double($1) * Double($1) } / 100_000
            #expect(abs(variance - 1.0 / 12) < 0.001)
        }
        #expect(draws[0] != draws[1] && draws[0] != draws[2])
    }
}
