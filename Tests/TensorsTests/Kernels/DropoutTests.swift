import Tensors
import Testing

struct DropoutTests {
    private let random = Philox(seed: 42, streamNumber: 7)

    /// Element i of the stream takes word i % 4 of the block at i / 4.
    private func isKept(_ position: UInt64, step: UInt64, probability: Double) -> Bool {
        let word = random.bits(step: step, position: position / 4)[Int(position % 4)]
        return Double(word) >= (probability * 4_294_967_296).rounded(.down)
    }

    @Test(
        "The mask of each element is that of its position, for views of any shape",
        arguments: [(1, 1, 0), (3, 5, 3), (7, 67, 1_000_001), (2, 200, 1 << 33)])
    func agreesWithScalarPhilox(rows: Int, columns: Int, first: Int) {
        var numbers = TestNumbers(seed: 13)
        let x = numbers.strided(rows, columns)
        let y = numbers.strided(rows, columns)
        Kernels.dropout(x, into: y, probability: 0.3, random: random, step: 9, firstPosition: UInt64(first))
        let probability = Double(Float(0.3))
        let expected = x.values.enumerated().map { index, value in
            isKept(UInt64(first + index), step: 9, probability: probability) ? Double(value) / (1 - probability) : 0
        }
        expectClose(y.values, expected)
    }

    @Test("A batch cut in two parts has the mask of the whole")
    func cutting() {
        let x = Matrix(rows: 10, columns: 33)
        x.fill(1)
        let whole = Matrix(rows: 10, columns: 33)
        let parts = Matrix(rows: 10, columns: 33)
        Kernels.dropout(x, into: whole, probability: 0.5, random: random, step: 1, firstPosition: 12)
        for rows in [0..<3, 3..<10] {
            Kernels.dropout(
                x.rows(rows), into: parts.rows(rows), probability: 0.5, random: random, step: 1,
                firstPosition: UInt64(12 + rows.lowerBound * 33))
        }
        #expect(parts.values == whole.values)
    }

    @Test("Backward adds the gradient where forward kept the element, scaled alike")
    func backward() {
        let x = Matrix(rows: 4, columns: 50)
        x.fill(3)
        let y = Matrix(rows: 4, columns: 50)
        let dx = Matrix(rows: 4, columns: 50)
        dx.fill(10)
        Kernels.dropout(x, into: y, probability: 0.25, random: random, step: 5, firstPosition: 2)
        Kernels.dropoutBackward(x, into: dx, probability: 0.25, random: random, step: 5, firstPosition: 2)
        #expect(dx.values == y.values.map { 10 + $0 })
        #expect(y.values.contains(0) && y.values.contains(4))
    }

    @Test("About p of the elements are dropped, and steps and streams differ")
    func rates() {
        let x = Matrix(rows: 100, columns: 1000)
        x.fill(1)
        let masks = [(random, UInt64(1)), (random, 2), (Philox(seed: 42, streamNumber: 8), 1)].map { random, step in
            let y = Matrix(rows: 100, columns: 1000)
            Kernels.dropout(x, into: y, probability: 0.1, random: random, step: step, firstPosition: 0)
            return y.values
        }
        for mask in masks {
            let dropped = mask.filter { $0 == 0 }.count
            // Four standard deviations of a binomial with n = 100,000 and p = 0.1 are 380.
            #expect(abs(dropped - 10_000) < 380)
        }
        #expect(masks[0] != masks[1] && masks[0] != masks[2])
    }
}
