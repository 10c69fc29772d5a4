import Tensors
import Testing

@Suite("Factors of a weight")
struct FactorisationTests {
    /// A matrix of any shape, without structure.
    private func matrix(_ rows: Int, _ columns: Int) -> Matrix {
        let random = Philox(seed: 5, streamNumber: 9)
        let values = (0..<(rows * columns)).map { 2 * random.uniform(step: 0, position: UInt64($0)) - 1 }
        return Matrix(values, rows: rows, columns: columns)
    }

    private func difference(_ x: Matrix, _ y: Matrix) -> Float {
        zip(x.values, y.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    /// Largest difference of xᵀ·x from the identity.
    private func deviation(ofColumns x: Matrix) -> Float {
        let gram = Matrix(rows: x.columns, columns: x.columns)
        multiply(.transposed(x), .plain(x), into: gram)
        let unit = Matrix(rows: x.columns, columns: x.columns)
        for index in 0..<x.columns { unit[index, index] = 1 }
        return difference(gram, unit)
    }

    @Test("All singular directions make the weight again, of either shape", arguments: [(7, 12), (12, 7), (9, 9)])
    func singular(rows: Int, columns: Int) throws {
        let w = matrix(rows, columns)
        let count = min(rows, columns)
        let (left, values, right) = try #require(Factorisation.singular(w, count: count))
        #expect(values == values.sorted(by: >))
        #expect(deviation(ofColumns: left) < 1e-5)
        for (direction, value) in values.enumerated() {
            Kernels.scale(right.rows(direction..<(direction + 1)), by: Float(value))
        }
        let product = Matrix(rows: rows, columns: columns)
        multiply(.plain(left), .plain(right), into: product)
        #expect(difference(product, w) < 1e-5)
    }

    @Test("The largest directions of a known weight are its own; directions that it lacks are zero")
    func known() throws {
        // diag(3, 2, 0) beside a column of zeros.
        let w = Matrix(rows: 3, columns: 4)
        (w[0, 0], w[1, 2]) = (2, 3)
        let (left, values, right) = try #require(Factorisation.singular(w, count: 3))
        #expect(abs(values[0] - 3) < 1e-12 && abs(values[1] - 2) < 1e-12 && values[2] == 0)
        #expect(abs(left[1, 0]) == 1 && abs(right[0, 2]) == 1 && left[1, 0] == right[0, 2])
        #expect(abs(left[0, 1]) == 1 && abs(right[1, 0]) == 1)
        #expect(right.rows(2..<3).values.allSatisfy { $0 == 0 })
    }

    @Test("Q's first columns are orthonormal and lead to R's first rows", arguments: [(7, 12), (12, 7), (9, 9)])
    func orthogonal(rows: Int, columns: Int) throws {
        let w = matrix(rows, columns)
        let count = min(rows, columns)
        let (q, r) = try #require(Factorisation.orthogonal(w, count: count))
        #expect(deviation(ofColumns: q) < 1e-5)
        for row in 0..<count { #expect((0..<row).allSatisfy { r[row, $0] == 0 }) }
        let product = Matrix(rows: rows, columns: columns)
        multiply(.plain(q), .plain(r), into: product)
        #expect(difference(product, w) < 1e-5)
        // Fewer columns are the same ones.
        let (fewer, upper) = try #require(Factorisation.orthogonal(w, count: 3))
        #expect(difference(fewer, q.columns(0..<3)) < 1e-6 && difference(upper, r.rows(0..<3)) < 1e-5)
    }

    @Test("A weight with NaN has no factors")
    func notFinite() {
        let w = matrix(5, 6)
        w[2, 3] = .nan
        #expect(Factorisation.singular(w, count: 2) == nil)
        #expect(Factorisation.orthogonal(w, count: 2) == nil)
    }
}
