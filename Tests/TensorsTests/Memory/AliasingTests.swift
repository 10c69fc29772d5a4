import Tensors
import Testing

@Suite("Which matrices share memory")
struct AliasingTests {
    private let whole = Matrix(rows: 6, columns: 12)

    /// Every element of a float32 matrix by its address.
    private func addresses(_ matrix: Matrix) -> Set<Int> {
        Set(
            (0..<matrix.rows).flatMap { row in
                matrix.withRow(row) { row in row.indices.map { Int(bitPattern: row.baseAddress) + 4 * $0 } }
            })
    }

    @Test("Views of one matrix overlap if an element is in both, and else not")
    func views() {
        let (rows, columns) = ([0..<2, 1..<3, 2..<6, 4..<5], [0..<3, 2..<7, 7..<12, 11..<12, 0..<12])
        var views: [Matrix] = []
        for rows in rows { views += columns.map { whole.rows(rows).columns($0) } }
        var overlapping = 0
        for one in views {
            for other in views {
                let share = !addresses(one).isDisjoint(with: addresses(other))
                #expect(one.overlaps(other) == share)
                overlapping += share ? 1 : 0
            }
        }
        #expect(overlapping > 0 && overlapping < views.count * views.count)
    }

    @Test("Views of either dtype, single rows and empty matrices")
    func corners() {
        // A gradient in bfloat16 takes the first half of each row of logits.
        let gradient = Kernels.crossEntropy(whole, targets: [0, 1, 2, 3, 4, 5], scale: 1, narrowed: true).gradient
        #expect(gradient.dtype == .bfloat16 && gradient.overlaps(whole.columns(5..<12)))
        #expect(!gradient.overlaps(whole.columns(6..<12)))
        #expect(whole.rows(2..<3).columns(1..<4).overlaps(whole.columns(3..<5)))
        #expect(!whole.rows(2..<3).columns(1..<4).overlaps(whole.columns(4..<5)))
        #expect(!whole.rows(3..<3).overlaps(whole))
        #expect(!whole.overlaps(Matrix(rows: 6, columns: 12)))
    }

    @Test("A gradient that lies across its input's memory stops the program; the input itself does not")
    func enforced() async {
        await #expect(processExitsWith: .success) {
            let x = Matrix(rows: 4, columns: 8)
            Kernels.activationBackward(.relu, x, x: Matrix(rows: 4, columns: 8), into: x)
        }
        await #expect(processExitsWith: .failure) {
            let x = Matrix(rows: 4, columns: 9)
            let (dy, dx) = (x.columns(0..<8), x.columns(1..<9))
            Kernels.activationBackward(.relu, dy, x: Matrix(rows: 4, columns: 8), into: dx)
        }
        await #expect(processExitsWith: .success) { Self.normBackwardInPlace(accumulate: false) }
        await #expect(processExitsWith: .failure) { Self.normBackwardInPlace(accumulate: true) }
        await #expect(processExitsWith: .failure) {
            let x = Matrix(rows: 8, columns: 8)
            multiply(.plain(x), .plain(Matrix(rows: 8, columns: 8)), into: x)
        }
    }

    /// The gradient of RMSNorm's input where that of its output lies.
    private static func normBackwardInPlace(accumulate: Bool) {
        let (dy, x) = (Matrix(rows: 4, columns: 8), Matrix(rows: 4, columns: 8))
        Kernels.rmsNormBackward(
            dy, x: x, weight: Matrix(rows: 1, columns: 8), inverseRMS: Matrix(rows: 4, columns: 1), into: dy,
            accumulate: accumulate)
    }
}
