import ModelFiles
import Tensors
import Transformers

/// The vocabulary head that merged weights have of their own, where the base's is the embedding's table and an adapter
/// changes what that gives: a head that is tied reads the table, and not what adapts the embedding, as in PEFT. Merged into
/// the one table, the update would change the head as well.
struct PartedHead {
    /// Name of its weight in the checkpoint.
    let name: String
    private let table: any ModuleSlot

    var elements: Int { table.inputs * table.outputs }

    /// - Parameter adapted: the slots that an adapter has taken.
    /// - Returns: nil where merging parts nothing.
    init?(_ adapted: [any ModuleSlot], of configuration: ModelConfiguration, isClassifier: Bool) {
        guard !isClassifier, configuration.tieWordEmbeddings, let vocabulary = configuration.family.keys.vocabulary,
            let table = adapted.first(where: { !$0.isProjection })
        else { return nil }
        name = vocabulary.head + ".weight"
        self.table = table
    }

    /// The table as the base has it, as the head's own weight.
    func entry(_ base: any WeightSource) -> TensorEntry {
        TensorEntry(name: name, shape: table.weightShape) { [table] in
            let weight = Matrix(rows: table.inputs, columns: table.outputs)
            try base.read(table.weightName, into: weight)
            return weight
        }
    }
}
