import Tensors
import Testing

struct MatrixTests {
    @Test("Views share memory and keep their place in it")
    func views() {
        let matrix = Matrix((0..<20).map { Float($0) }, rows: 4, columns: 5)
        let view = matrix.rows(1..<3).columns(2..<5)
        #expect(view.values == [7, 8, 9, 12, 13, 14])
        view[1, 0] = -1
        #expect(matrix[2, 2] == -1)
        view.fill(0)
        #expect(matrix.values == [0, 1, 2, 3, 4, 5, 6, 0, 0, 0, 10, 11, 0, 0, 0, 15, 16, 17, 18, 19])
    }

    @Test("A new matrix holds zeros; one without elements is allowed")
    func zeros() {
        #expect(Matrix(rows: 3, columns: 2).values == [0, 0, 0, 0, 0, 0])
        #expect(Matrix(rows: 0, columns: 5).values.isEmpty)
        #expect(Matrix(rows: 5, columns: 5).rows(5..<5).rows == 0)
    }

    @Test("Copying goes from view to view, row by row")
    func copying() {
        var numbers = TestNumbers(seed: 14)
        let source = numbers.strided(3, 4)
        let target = numbers.strided(3, 4)
        target.copy(from: source)
        #expect(target.values == source.values)
    }

    @Test("A view keeps the memory alive after the matrix it was cut from is gone")
    func lifetime() {
        let view = { Matrix([1, 2, 3, 4], rows: 2, columns: 2).rows(1..<2) }()
        #expect(view.values == [3, 4])
    }
}
