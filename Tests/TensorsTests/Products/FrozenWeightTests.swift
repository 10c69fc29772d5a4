import Tensors
import Testing

struct FrozenWeightTests {
    @Test("Forward and backward agree with plain products for any number of rows", arguments: [0, 1, 2, 3, 8, 17, 70])
    func agreesWithMultiply(rows: Int) {
        var numbers = TestNumbers(seed: 19)
        let matrix = numbers.strided(83, 101)
        let weight = FrozenWeight(matrix, dtype: .float32)
        let x = numbers.strided(rows, 101)
        let dy = numbers.strided(rows, 83)
        let (y, dx) = (numbers.strided(rows, 83), numbers.strided(rows, 101))
        weight.forward(x, into: y)
        weight.backward(dy, into: dx)
        let expectedY = x.nested.map { row in
            matrix.nested.map { weights in zip(row, weights).reduce(0) { $0 + $1.0 * $1.1 } }
        }
        let expectedDX = dy.nested.map { row in
            (0..<101).map { column in zip(row, matrix.nested).reduce(0) { $0 + $1.0 * $1.1[column] } }
        }
        expectClose(y, expectedY, atol: 2e-5)
        expectClose(dx, expectedDX, atol: 2e-5)
        weight.forward(x, adding: y, into: y)
        weight.backward(dy, adding: dx, into: dx)
        expectClose(y, expectedY.map { $0.map { 2 * $0 } }, atol: 4e-5)
        expectClose(dx, expectedDX.map { $0.map { 2 * $0 } }, atol: 4e-5)
    }

    @Test("A row is the weight's own")
    func row() {
        var numbers = TestNumbers(seed: 20)
        let matrix = numbers.matrix(5, 9)
        let row = Matrix(rows: 1, columns: 9)
        FrozenWeight(matrix, dtype: .float32).row(3, into: row)
        #expect(row.values == matrix.rows(3..<4).values)
    }
}
