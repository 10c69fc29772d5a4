import Tensors
import Testing
import Transformers

@Suite("Packed rows: common beginnings computed once")
struct PackedRowsTests {
    @Test("Sequences hang on the tree of their prefixes, each with its labelled rows to itself")
    func tree() {
        var batch = PackedBatch()
        batch.append(tokens: [5, 6, 7, 8], labels: [(position: 3, target: 1)])
        batch.append(tokens: [5, 6, 9], labels: [(position: 1, target: 2), (position: 2, target: 3)])
        batch.append(tokens: [4], labels: [(position: 0, target: 4)])
        batch.append(tokens: [5, 6, 7, 8], labels: [(position: 3, target: 5)])
        let rows = PackedRows(sharingPrefixesOf: batch)
        // In order: [4]; [5 6 7 8]; its twin, whose last row is labelled; [5 6 9], labelled from its second row on.
        #expect(rows.tokens == [4, 5, 6, 7, 8, 8, 6, 9])
        #expect(rows.layout.positions == [0, 0, 1, 2, 3, 3, 1, 2])
        #expect(rows.layout.keyRows == [0, 1, 2, 3, 4, 1, 2, 3, 5, 1, 6, 7])
        #expect(
            rows.layout.spans == [
                AttentionSpan(queryStart: 0, queryCount: 1, keyStart: 0, keyCount: 1),
                AttentionSpan(queryStart: 1, queryCount: 4, keyStart: 1, keyCount: 4),
                AttentionSpan(queryStart: 5, queryCount: 1, keyStart: 5, keyCount: 4),
                AttentionSpan(queryStart: 6, queryCount: 2, keyStart: 9, keyCount: 3),
            ])
        #expect(rows.labelRows == [4, 6, 7, 0, 5])
    }

    @Test("Where nothing is common, the rows are the batch's own")
    func nothingCommon() {
        var batch = PackedBatch()
        batch.append(tokens: [2, 1], labels: [(position: 1, target: 1)])
        batch.append(tokens: [1, 1], labels: [(position: 0, target: 1)])
        batch.append(tokens: [1, 1], labels: [(position: 0, target: 1)])
        #expect(PackedRows(sharingPrefixesOf: batch) == PackedRows(batch))
    }

    @Test("A sequence without labels keeps its last row; an empty one takes none")
    func withoutLabels() {
        var batch = PackedBatch()
        batch.append(tokens: [3, 3], labels: [])
        batch.append(tokens: [], labels: [])
        batch.append(tokens: [3, 3], labels: [])
        let rows = PackedRows(sharingPrefixesOf: batch)
        #expect(rows.tokens == [3, 3, 3])
        #expect(rows.layout.spans.map(\.queryCount) == [0, 2, 1])
        #expect(rows.layout.keyRows == [0, 1, 0, 2])
    }
}
