import Tensors
import TestSupport
import Testing
import Transformers

/// Rows of an adapter's own before the tokens, and before the keys and values.
@Suite("Slots for rows")
struct RowSlotTests {
    static let bases = [
        "base", "gpt2", "gpt_neox", "gemma2", "gemma3", "mistral", "phi3-longrope", "qwen3", "opt-350m",
    ]
    static let kinds = ["prompt", "prefix"]

    private func model(_ name: String, dtype: DType = .float32) throws -> LanguageModel {
        name == "base" ? try Fixtures.tinyModel(dtype: dtype) : try FamilyFixture(name: name).model(dtype: dtype)
    }

    /// Fills the slots with the same numbers each time.
    ///
    /// - Returns: false where there are none.
    private func fill(_ kind: String, of model: LanguageModel, rows: Int = 4) throws -> Bool {
        let slots = kind == "prompt" ? [model.promptSlot].compactMap(\.self) : model.prefixSlots
        guard !slots.isEmpty else { return false }
        try #require(kind == "prompt" || slots.count == model.configuration.layers)
        for (index, slot) in slots.enumerated() {
            let random = Philox(seed: 3, streamNumber: UInt32(index))
            let values = (0..<(rows * slot.width)).map { random.uniform(step: 0, position: UInt64($0)) - 0.5 }
            let value = Matrix(values, rows: rows, columns: slot.width)
            slot.rows = TrainedRows(value: value, gradient: Matrix(rows: rows, columns: slot.width))
        }
        return true
    }

    private let rows = [[5, 6, 7, 8, 9, 10], [5, 6, 7, 30, 31], [5, 6, 40]]

    private func batch(_ rows: [[Int]]) -> PackedBatch {
        var batch = PackedBatch()
        for row in rows { batch.append(tokens: row, labels: row.indices.map { (position: $0, target: 3) }) }
        return batch
    }

    @Test("A cache that is fed token by token answers as a whole sequence does", arguments: bases, kinds)
    func decoding(_ name: String, kind: String) throws {
        let model = try model(name)
        guard try fill(kind, of: model) else {
            #expect(name == "opt-350m" && kind == "prompt")
            return
        }
        let row = rows[0]
        let cache = try model.makeCache(capacity: row.count)
        for (index, token) in row.enumerated() {
            let logits = try model.decode([token], cache: cache)
            // LongRoPE rotates all positions otherwise where a sequence is long.
            let whole = try model.logits(batch([Array(row[...index])])).withRow(index) { Array($0) }
            #expect(firstDifference(logits.values, whole, relative: 1e-4, absolute: 1e-4) == nil, "token \(index)")
        }
        #expect(cache.count == row.count + 4)
        #expect(throws: TransformersError.self) { try model.decode([1], cache: cache) }
    }

    @Test("A row's bits do not depend on what stands beside it in its batch", arguments: bases, kinds)
    func batches(_ name: String, kind: String) throws {
        let model = try model(name)
        guard try fill(kind, of: model) else {
            #expect(name == "opt-350m" && kind == "prompt")
            return
        }
        let together = try model.logits(batch(rows)).values
        let alone = try rows.flatMap { try model.logits(batch([$0])).values }
        #expect(together == alone)
        model.sharesPrefixes = false
        #expect(try model.logits(batch(rows)).values == together)
    }

    @Test("Loss and gradients are the same where common beginnings are computed once", arguments: kinds)
    func sharing(kind: String) throws {
        func step(shares: Bool) throws -> (loss: Double, gradient: [Float]) {
            let model = try Fixtures.tinyModel()
            model.sharesPrefixes = shares
            #expect(try fill(kind, of: model))
            var batch = PackedBatch()
            for row in rows { batch.append(tokens: row, labels: [(position: row.count - 1, target: 3)]) }
            let loss = try model.trainingStep(batch, lossScale: 1, step: 0)
            let slots = kind == "prompt" ? [model.promptSlot].compactMap(\.self) : model.prefixSlots
            return (loss, slots.flatMap { $0.rows?.gradient.values ?? [] })
        }
        let (shared, apart) = (try step(shares: true), try step(shares: false))
        try #require(!shared.gradient.isEmpty && shared.gradient.contains { $0 != 0 })
        #expect(abs(shared.loss - apart.loss) < 1e-5 * apart.loss)
        #expect(firstDifference(shared.gradient, apart.gradient, relative: 1e-4, absolute: 1e-5) == nil)
    }

    @Test("Virtual tokens take positions, and empty slots none", arguments: kinds)
    func positions(kind: String) throws {
        let model = try Fixtures.tinyModel()
        let all = model.configuration.maxPositions
        #expect(model.maximumLength == all)
        #expect(try fill(kind, of: model))
        #expect(model.maximumLength == all - 4)
        let error = #expect(throws: TransformersError.self) {
            try model.logits(batch([[Int](repeating: 5, count: all - 3)]))
        }
        #expect(error?.code == .tooLong && error?.message.contains("virtual tokens take 4") == true)
    }

    @Test("A base whose embeddings are narrower than its rows has no place for a prompt, an encoder none for a prefix")
    func places() throws {
        #expect(try FamilyFixture(name: "opt-350m").model().promptSlot == nil)
        #expect(try FamilyFixture(name: "opt-350m").model().prefixSlots.isEmpty == false)
        let encoder = try ClassifierCase(name: "bert-pair").model()
        #expect(encoder.promptSlot == nil && encoder.prefixSlots.isEmpty && !encoder.sublayerSlots.isEmpty)
    }
}
