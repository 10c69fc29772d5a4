import ModelFiles
import Tensors
import Transformers

extension AdapterWeights {
    /// What PEFT's `save_pretrained` names the base's own table, which it saves beside an embedding's update.
    static func tableName(of slot: EmbeddingSlot) -> String { TensorNames.name("base_layer.weight", of: slot.name) }

    /// Checks that a table which was saved beside an embedding's update is the base's: PEFT would answer with the saved one.
    ///
    /// - Throws: `AdaptersError.unsupported` where it is another; as reading it.
    func checkTable(of slot: EmbeddingSlot) throws {
        let name = Self.tableName(of: slot)
        guard let info = info(name) else { return }
        guard info.shape == slot.weightShape, try holdsTable(name, of: slot) else {
            throw AdaptersError(
                .unsupported, "The adapter's file holds another embedding than the base's, under \(name).",
                cause: "PEFT answers with the saved one in the base's place.",
                advice: "Use it on the base that it was saved with, in the same type. Where it is the base's after "
                    + "all, save it anew with PEFT's save_pretrained(…, save_embedding_layers=False).")
        }
    }

    /// Checks that a tensor which was saved with its module, and is not trained, is the base's.
    ///
    /// - Throws: `AdaptersError.unsupported` where it is another; as reading it.
    func checkUntrained(_ slot: ParameterSlot, _ name: String, _ method: AdapterMethod) throws {
        let own = slot.stored
        let saved = Matrix(rows: own.rows, columns: own.columns)
        if info(name)?.shape == slot.shape {
            try read(name, into: saved)
            if saved.hasSameBits(as: own) { return }
        }
        throw AdaptersError(
            .unsupported, "The adapter's file holds another tensor than the base's, under \(name).",
            cause: "Of the modules that it saves, \(method.title) trains the biases alone.",
            advice: "Merge the adapter into its base with PEFT, and use the merged model.")
    }

    /// Whether a saved table, in the type that the model has its own in, is the model's.
    private func holdsTable(_ name: String, of slot: EmbeddingSlot) throws -> Bool {
        let (own, other) = (Matrix(rows: 1, columns: slot.outputs), Matrix(rows: 1, columns: slot.outputs))
        // A vocabulary's table is among the largest weights of a model: rows of it are read at a time.
        let size = 1024
        for start in stride(from: 0, to: slot.inputs, by: size) {
            let rows = start..<min(start + size, slot.inputs)
            let saved = Matrix(rows: rows.count, columns: slot.outputs)
            try read(name, rows: rows, into: saved)
            let held = Matrix(rows: rows.count, columns: slot.outputs, dtype: slot.dtype)
            held.copy(from: saved)
            for token in rows {
                slot.row(token, own)
                other.copy(from: held.rows((token - start)..<(token - start + 1)))
                guard own.hasSameBits(as: other) else { return false }
            }
        }
        return true
    }
}
