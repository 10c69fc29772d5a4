import Foundation
import Tensors
import Testing

struct RelativePositionsTests {
    private struct Case: Decodable {
        let buckets: Int
        let maxDistance: Int
        let length: Int
        /// By query − key from −(length − 1) on.
        let rows: [Int]
    }

    private func cases() throws -> [Case] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fixtures/kernels/relative_positions.json")
        return try JSONDecoder().decode([Case].self, from: try Data(contentsOf: folder))
    }

    @Test("Every distance of every configuration has the row that transformers reads, counted from the other end")
    func rowsAreTransformers() throws {
        for test in try cases() {
            let table =
                test.buckets > 0
                ? RelativePositions(buckets: test.buckets, maxDistance: test.maxDistance, length: test.length)
                : RelativePositions(span: test.maxDistance, length: test.length)
            // key − query ascending is query − key descending.
            let ours = ((1 - test.length)..<test.length).map { 2 * table.span - 1 - table.row(of: $0) }
            #expect(ours == test.rows.reversed(), "\(test.buckets) buckets for \(test.maxDistance)")
        }
    }

    @Test("A sequence uses the rows between its farthest distances, and no more")
    func usedRows() {
        let table = RelativePositions(buckets: 8, maxDistance: 32, length: 64)
        #expect(table.used(by: 1) == 7..<8)
        #expect(table.used(by: 4) == 4..<11)
        #expect(table.used(by: 32) == 0..<15)
        #expect(table.used(by: 64) == 0..<16)
        #expect(table.used(by: 0).isEmpty)
    }
}
