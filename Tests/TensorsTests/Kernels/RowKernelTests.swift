import Tensors
import Testing

struct RowKernelTests {
    @Test("Adding and scaling views touch no element outside them", arguments: [(0, 3), (1, 1), (37, 300)])
    func addAndScale(rows: Int, columns: Int) {
        var numbers = TestNumbers(seed: 12)
        let x = numbers.strided(rows, columns)
        let whole = Matrix(rows: rows, columns: columns + 2)
        let y = whole.columns(1..<(columns + 1))
        Kernels.add(x, into: y)
        Kernels.add(x, into: y)
        Kernels.scale(y, by: 0.5)
        #expect(y.values == x.values)
        #expect(whole.columns(0..<1).values.allSatisfy { $0 == 0 })
        #expect(whole.columns((columns + 1)..<(columns + 2)).values.allSatisfy { $0 == 0 })
    }

    @Test(
        "Scaled columns are added, and their factors' gradients summed, as by hand",
        arguments: [(1, 1), (3, 17), (40, 600)])
    func columns(rows: Int, columns: Int) {
        var numbers = TestNumbers(seed: 13)
        let (x, y) = (numbers.strided(rows, columns), numbers.strided(rows, columns))
        let factors = numbers.strided(1, columns)
        let sum = Matrix(rows: rows, columns: columns)
        sum.copy(from: y)
        Kernels.addScaledColumns(x, by: factors, into: sum)
        let dots = Matrix(rows: 1, columns: columns)
        dots.fill(2)
        Kernels.addColumnDots(x, y, into: dots)
        for column in 0..<columns {
            var expected = 2.0
            for row in 0..<rows {
                expected += Double(x[row, column]) * Double(y[row, column])
                let added = Double(y[row, column]) + Double(factors[0, column]) * Double(x[row, column])
                #expect(abs(Double(sum[row, column]) - added) < 1e-6 * (1 + abs(added)))
            }
            #expect(abs(Double(dots[0, column]) - expected) < 1e-5 * (1 + abs(expected)))
        }
    }

    @Test("The same bits are the same bits: a sign of zero and a shape count")
    func sameBits() {
        let x = Matrix([0, 1, 2, 3], rows: 2, columns: 2)
        #expect(x.hasSameBits(as: Matrix([0, 1, 2, 3], rows: 2, columns: 2)))
        #expect(!x.hasSameBits(as: Matrix([-0.0, 1, 2, 3], rows: 2, columns: 2)))
        #expect(!x.hasSameBits(as: Matrix([0, 1, 2, 3], rows: 1, columns: 4)))
    }

    @Test("Scattering is the backward of gathering: rows named twice add up")
    func gatherAndScatter() {
        let x = Matrix([1, 2, 3, 4, 5, 6], rows: 3, columns: 2)
        let gathered = Matrix(rows: 4, columns: 2)
        Kernels.gatherRows(x, rows: [2, 0, 2, 1], into: gathered)
        #expect(gathered.values == [5, 6, 1, 2, 5, 6, 3, 4])
        let y = Matrix([1, 1, 1, 1, 1, 1], rows: 3, columns: 2)
        Kernels.scatterAddRows(gathered, rows: [2, 0, 2, 1], into: y)
        #expect(y.values == [2, 3, 4, 5, 11, 13])
    }

    @Test("Columns are gathered as rows, and rows added to columns, one that is named twice in both of its turns")
    func columns() {
        let x = Matrix([1, 2, 3, 4, 5, 6], rows: 2, columns: 3)
        let gathered = Matrix(rows: 4, columns: 2)
        Kernels.gatherColumns(x, columns: [2, 0, 2, 1], into: gathered)
        #expect(gathered.values == [3, 6, 1, 4, 3, 6, 2, 5])
        let y = Matrix([1, 1, 1, 1, 1, 1], rows: 2, columns: 3)
        Kernels.scatterAddColumns(gathered, columns: [2, 0, 2, 1], into: y)
        #expect(y.values == [2, 3, 7, 5, 6, 13])
    }

    @Test("The squared norm is summed in double")
    func squaredNorm() {
        let count = 200_000
        let x = Matrix([Float](repeating: 0.1, count: count), rows: 200, columns: 1000)
        let expected = Double(count) * Double(Float(0.1)) * Double(Float(0.1))
        // n terms added in any order are off by n·2⁻⁵³ of their sum at most; in float32, even of 64 partial sums, it is
        // 2·10⁻⁵.
        let tolerance = Double(count) * 0x1p-53 * expected
        #expect(abs(Kernels.squaredNorm(x) - expected) <= tolerance)
        #expect(Kernels.squaredNorm(Matrix(rows: 0, columns: 4)) == 0)
    }

    @Test("Infinity and NaN are found wherever they stand, the largest float is not taken for one")
    func allFinite() {
        for column in [0, 15, 16, 36] {
            let x = Matrix(rows: 3, columns: 37)
            x[1, column] = .greatestFiniteMagnitude
            #expect(Kernels.allFinite(x))
            x[2, column] = -.infinity
            #expect(!Kernels.allFinite(x))
            x[2, column] = .nan
            #expect(!Kernels.allFinite(x))
        }
    }
}
