import ModelFiles
import Tensors
import Transformers

/// Merged weights of every adapted module: what the frozen weight and the method's update come to as one weight.
package enum MergedWeights {
    /// Computes W of one adapted module in float32, as the checkpoint stores it.
    ///
    /// - Throws: as reading W0.
    package static func merged(_ module: Adapter.Module, base: any WeightSource) throws -> Matrix {
        let shape = module.slot.weightShape
        let weight = Matrix(rows: shape[0], columns: shape[1])
        try base.read(module.slot.weightName, into: weight)
        module.update.merge(into: weight, isTransposed: module.slot.isTransposed)
        return weight
    }

    /// Computes b of one adapted projection, whose merge changes it.
    ///
    /// - Throws: as reading b0.
    static func mergedBias(_ module: Adapter.Module, base: any WeightSource) throws -> Matrix {
        let bias = Matrix(rows: 1, columns: module.slot.outputs)
        try base.read(module.slot.biasName, into: bias)
        module.update.merge(intoBias: bias)
        return bias
    }

    /// The adapted modules merged, each computed in float32 when its turn to be written comes, tensors that were trained
    /// whole, and a head that parts from its embedding.
    package static func projections(_ adapter: Adapter, base: any WeightSource) -> [TensorEntry] {
        let whole = adapter.update?.entries ?? adapter.whole?.entries ?? []
        let head = PartedHead(adapter, of: base.configuration).map { [$0.entry(base)] } ?? []
        return whole + head
            + adapter.modules.flatMap { module -> [TensorEntry] in
                let weight = TensorEntry(name: module.slot.weightName, shape: module.slot.weightShape) {
                    try merged(module, base: base)
                }
                let bias = TensorEntry(name: module.slot.biasName, shape: [module.slot.outputs]) {
                    try mergedBias(module, base: base)
                }
                return (module.update.changesWeight ? [weight] : []) + (module.update.changesBias ? [bias] : [])
            }
    }

    /// The head's trained projections, under their names in the base's checkpoint; nothing without a head.
    package static func head(_ adapter: Adapter) -> [TensorEntry] {
        (adapter.head?.trained ?? []).flatMap { linear in
            [TensorEntry(name: "\(linear.storedName).weight", matrix: linear.weight.value)]
                + (linear.bias.map {
                    [TensorEntry(name: "\(linear.storedName).bias", matrix: $0.value, shape: $0.shape)]
                } ?? [])
        }
    }

    /// Every tensor of transformers' classifier: the base's encoder or decoder with the adapted projections merged, and the
    /// trained head. The base's other heads are left out.
    ///
    /// - Throws: as `tensors`.
    package static func classifierTensors(_ adapter: Adapter, base: BaseModelFiles) throws -> [TensorEntry] {
        let family = try ModelFamilies.named(base.configuration.modelType)
        let head = head(adapter)
        let replaced = Set(head.map(\.name))
        let names = Dictionary(
            uniqueKeysWithValues: (adapter.head?.trained ?? []).flatMap { linear in
                ["weight", "bias"].map { ("\(linear.storedName).\($0)", "\(linear.name).\($0)") }
            })
        let body = try tensors(adapter, base: base).compactMap { entry in
            replaced.contains(entry.name)
                ? nil : try family.classifierTensorName(entry.name, in: base).map { entry.renamed($0) }
        }
        return body + head.map { $0.renamed(names[$0.name] ?? $0.name) }
    }

    /// Elements of the vocabulary head that the merged weights of an adapter have beside their embedding, where the base
    /// has one table for both; 0 elsewhere. The merged model's configuration says that the two are not tied.
    package static func partedHeadElements(_ adapter: Adapter, base: ModelConfiguration) -> Int {
        PartedHead(adapter, of: base)?.elements ?? 0
    }

    /// Every tensor of the base, the adapted modules merged, each made when its turn to be written comes.
    ///
    /// - Throws: `AdaptersError.mismatch` where the adapter names a projection that the base does not have.
    package static func tensors(_ adapter: Adapter, base: BaseModelFiles) throws -> [TensorEntry] {
        var merged = Dictionary(uniqueKeysWithValues: projections(adapter, base: base).map { ($0.name, $0) })
        let entries = base.tensorNames.compactMap { name -> TensorEntry? in
            if let entry = merged.removeValue(forKey: name) { return entry }
            return base.info(name).map { info in
                TensorEntry(name: name, shape: info.shape) {
                    let matrix = Matrix(rows: info.rows, columns: info.columns)
                    try base.read(name, into: matrix)
                    return matrix
                }
            }
        }
        let head = PartedHead(adapter, of: base.configuration).flatMap { merged.removeValue(forKey: $0.name) }
        if let unknown = merged.keys.min() {
            throw AdaptersError(.mismatch, "The base in \(base.path) has no tensor \(unknown) to merge into.")
        }
        return entries + (head.map { [$0] } ?? [])
    }

    /// Writes the merged modules and the head alone to one safetensors file; `MergedSource` lays it over the base.
    ///
    /// - Parameters:
    ///   - dtype: the precision that will be served.
    ///   - told: the same tensors, so that whoever wants to know hears of each that is written.
    /// - Throws: as reading the base, `SystemError.unwritable`.
    package static func writeOverlay(
        _ adapter: Adapter, base: any WeightSource, dtype: FileDType, to path: String,
        told: ([TensorEntry]) -> [TensorEntry] = { $0 }
    ) throws {
        try SafetensorsWriter.write(
            told(projections(adapter, base: base) + head(adapter)), dtype: dtype, metadata: ["format": "pt"], to: path)
    }
}

extension PartedHead {
    init?(_ adapter: Adapter, of configuration: ModelConfiguration) {
        self.init(adapter.modules.map(\.slot), of: configuration, isClassifier: adapter.head != nil)
    }
}

/// A base with merged weights, read back from their file, in place of its own.
package struct MergedSource: WeightSource {
    private let base: any WeightSource
    private let overlay: SafetensorsFile

    /// - Throws: as `SafetensorsFile`.
    package init(base: any WeightSource, overlay path: String) throws {
        self.base = base
        overlay = try SafetensorsFile(path: path)
    }

    /// The base's; one whose head was tied to the embedding has a head of its own where the file does.
    package var configuration: ModelConfiguration {
        var own = base.configuration
        if partedHead != nil { own.tieWordEmbeddings = false }
        return own
    }

    /// The name of a head that the base does not have.
    private var partedHead: String? {
        guard base.configuration.tieWordEmbeddings else { return nil }
        return base.configuration.family.keys.vocabulary.map { $0.head + ".weight" }
            .flatMap { overlay.tensors[$0] == nil ? nil : $0 }
    }

    package func shape(of name: String) -> [Int]? { overlay.tensors[name]?.shape ?? base.shape(of: name) }

    package func verifyComplete(expected: [String: [Int]], ignoring isIgnored: (String) -> Bool) throws {
        try base.verifyComplete(expected: expected.filter { $0.key != partedHead }, ignoring: isIgnored)
        for tensor in overlay.tensors.values
        where expected[tensor.name] != tensor.shape && !isIgnored(tensor.name) {
            throw AdaptersError(
                .mismatch, "The merged tensor \(tensor.name) has the shape \(tensor.shape), which the base lacks.")
        }
    }

    package func read(_ name: String, into matrix: Matrix) throws {
        if overlay.tensors[name] != nil {
            try overlay.read(name, into: matrix)
        } else {
            try base.read(name, into: matrix)
        }
    }

    package func blocks(of name: String) throws -> StoredBlocks? {
        try overlay.tensors[name] == nil ? base.blocks(of: name) : overlay.blocks(name)
    }
}
