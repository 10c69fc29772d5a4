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

    @Test("One row agrees with the plain product, whatever the shape and the dtypes", arguments: DType.allCases)
    func oneRow(dtype: DType) {
        var numbers = TestNumbers(seed: 23)
        let shapes = [(1, 1), (2, 31), (3, 33), (5, 64), (16, 100), (83, 15), (84, 577), (961, 191), (517, 600)]
        for (outputs, inputs) in shapes {
            let matrix = numbers.strided(outputs, inputs)
            let x = numbers.strided(1, inputs)
            let add = numbers.strided(1, outputs)
            let weight = FrozenWeight(dtype == .float32 ? matrix : matrix.narrowed, dtype: dtype)
            // The last is of a dtype that the weight is not.
            for row in [dtype == .float32 ? x : x.narrowed, x] {
                let (factor, factors) = (row.float32.nested[0], dtype == .float32 ? matrix : matrix.rounded)
                let dots = factors.nested.map { zip($0, factor).reduce(0) { $0 + $1.0 * $1.1 } }
                let (sum, y) = (numbers.strided(1, outputs), Matrix(rows: 1, columns: outputs, dtype: dtype))
                weight.forward(row, adding: add, into: sum, isDecoding: true)
                weight.forward(row, into: y, isDecoding: true)
                let plain = zip(dots, add.nested[0]).map { $0 + $1 }
                let rounding = dtype == .float32 ? 1e-5 : 0x1p-8
                expectClose(sum, [plain], atol: 5e-5)
                expectClose(y.float32, [dots], rtol: rounding, atol: 5e-5)
            }
        }
    }

    @Test(
        "A row has the bits that it has among others, unless it is decoded", arguments: DType.allCases, [true, false])
    func oneOfMany(dtype: DType, isLayer: Bool) {
        var numbers = TestNumbers(seed: 29)
        for (outputs, inputs) in [(5, 64), (83, 15), (84, 577), (40, 1700)] {
            let weight = FrozenWeight(numbers.strided(outputs, inputs), dtype: dtype, isLayer: isLayer)
            let exact = numbers.strided(7, inputs)
            let x = dtype.compute == .float32 ? exact : exact.narrowed
            let (all, alone) = (Matrix(rows: 7, columns: outputs), Matrix(rows: 1, columns: outputs))
            weight.forward(x, into: all)
            for row in 0..<7 {
                weight.forward(x.rows(row..<(row + 1)), into: alone)
                #expect(alone.values == all.rows(row..<(row + 1)).values)
            }
        }
    }

    @Test("Weights keep their own numbers, many in a block of memory and more than one block")
    func manyWeights() {
        let weights = (0..<24).map { index in
            let matrix = Matrix(rows: 1 + index % 3, columns: 1 << 20)
            matrix.fill(Float(index))
            return FrozenWeight(matrix, dtype: .bfloat16)
        }
        let row = Matrix(rows: 1, columns: 1 << 20)
        for (index, weight) in weights.enumerated() {
            weight.row(weight.outputs - 1, into: row)
            #expect(row.values.allSatisfy { $0 == Float(index) })
        }
        let zeros = FrozenWeight.unfrozen(rows: 3, columns: 7, dtype: .float32)
        #expect(zeros.values == [Float](repeating: 0, count: 21))
    }

    @Test("A row is the weight's own")
    func row() {
        var numbers = TestNumbers(seed: 20)
        let matrix = numbers.matrix(5, 9)
        let row = Matrix(rows: 1, columns: 9)
        FrozenWeight(matrix, dtype: .float32).row(3, into: row)
        #expect(row.values == matrix.rows(3..<4).values)
    }

    @Test(
        "Every form gives the weight's rows and their norms, and holds the bytes that are predicted of it",
        arguments: DType.allCases, [true, false])
    func forms(dtype: DType, isLayer: Bool) {
        var numbers = TestNumbers(seed: 31)
        for (outputs, inputs) in [(192, 192), (96, 960), (480, 577), (960, 384)] {
            let matrix = numbers.strided(outputs, inputs)
            let weight = FrozenWeight(matrix, dtype: dtype, isLayer: isLayer)
            let expected = (dtype == .float32 ? matrix : matrix.rounded).nested
            let row = Matrix(rows: 1, columns: inputs)
            let middle = 3..<(outputs / 2)
            let norms = weight.squaredRowNorms(middle)
            #expect(norms.count == middle.count)
            for (index, norm) in zip(middle, norms) {
                weight.row(index, into: row)
                #expect(row.nested[0] == expected[index])
                let squares = expected[index].reduce(0.0) { $0 + Double($1) * Double($1) }
                #expect(abs(norm - squares) < 1e-9 * squares)
            }
            let (x, dy) = (numbers.strided(2, inputs), numbers.strided(2, outputs))
            let isExact = dtype.compute == .float32
            weight.forward(isExact ? x : x.narrowed, into: Matrix(rows: 2, columns: outputs))
            weight.backward(isExact ? dy : dy.narrowed, into: Matrix(rows: 2, columns: inputs))
            let predicted = FrozenWeight.bytes(
                elements: outputs * inputs, dtype: dtype, isLayer: isLayer, keepingPanels: true)
            // Panels are filled up at their rims.
            #expect(weight.bytes >= predicted && Double(weight.bytes) <= 1.1 * Double(predicted))
        }
    }
}
