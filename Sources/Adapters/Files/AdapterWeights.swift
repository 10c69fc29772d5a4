import Foundation
import ModelFiles
import Tensors
import Transformers

/// `adapter_model.safetensors` as PEFT or lorad wrote it, its tensors under PEFT's names.
struct AdapterWeights {
    static let fileName = "adapter_model.safetensors"

    let metadata: [String: String]
    private let folder: String
    private let file: SafetensorsFile
    /// The file's own names.
    private var stored: [String: String]

    /// - Throws: as `SafetensorsFile`; `AdaptersError.unsupported` where the weights are in another format,
    ///   `.malformed` where a tensor stands under two names.
    init(folder: String) throws {
        let path = "\(folder)/\(Self.fileName)"
        if !FileManager.default.fileExists(atPath: path) { try Self.refuseOtherFormats(folder) }
        file = try SafetensorsFile(path: path)
        metadata = file.metadata
        self.folder = folder
        var stored: [String: String] = [:]
        for name in file.tensors.keys {
            guard stored.updateValue(name, forKey: TensorNames.current(name)) == nil else {
                throw AdaptersError(
                    .malformed, "\(path) holds the tensor \(TensorNames.current(name)) under two names.")
            }
        }
        self.stored = stored
    }

    /// PEFT's names of all tensors.
    var names: some Sequence<String> { stored.keys }

    /// The tensor's description by PEFT's name; nil where there is none.
    func info(_ name: String) -> TensorInfo? { stored[name].flatMap { file.tensors[$0] } }

    /// - Throws: as `SafetensorsFile.read`.
    func read(_ name: String, into matrix: Matrix) throws {
        guard let info = info(name), info.rows == matrix.columns, info.columns == matrix.rows, matrix.rows == 1 else {
            return try file.read(stored[name] ?? name, into: matrix)
        }
        // A vector that is saved as a column.
        let column = Matrix(rows: info.rows, columns: 1)
        try file.read(stored[name] ?? name, into: column)
        Kernels.transpose(column, into: matrix)
    }

    /// - Throws: as `SafetensorsFile.read`.
    func read(_ name: String, rows: Range<Int>, into matrix: Matrix) throws {
        try file.read(stored[name] ?? name, rows: rows, into: matrix)
    }

    /// The same, with tensors of the base that the file has under a module's former path under the one that it has now.
    func renamed(for adapter: Adapter) -> AdapterWeights {
        var own = self
        for (slot, parameter) in adapter.whole?.pairs ?? [] where slot.formerModule != nil {
            guard own.stored[parameter.name] == nil else { continue }
            own.stored[parameter.name] = own.stored.removeValue(forKey: TensorNames.prefix + slot.storedName)
        }
        return own
    }

    /// Reads every tensor of an adapter that the file fits.
    ///
    /// - Throws: as `SafetensorsFile.read`.
    func read(into adapter: Adapter) throws {
        let whole = Set((adapter.whole?.parameters ?? []).map(\.name))
        for parameter in adapter.parameters where !whole.contains(parameter.name) {
            try read(parameter.name, into: parameter.value)
        }
        try adapter.whole?.load { try read($0, into: $1) }
    }

    /// Checks that the file holds what the adapter needs, and nothing else.
    ///
    /// - Parameter slots: all of the model's.
    /// - Throws: `AdaptersError.unsupported` naming modules that are adapted and that lorad has no place for, `.mismatch`
    ///   listing every tensor that is missing, unexpected or misshapen.
    func check(_ adapter: Adapter, slots: [any ModuleSlot]) throws {
        let expected = Dictionary(uniqueKeysWithValues: adapter.parameters.map { ($0.name, $0.shape) })
        var complaints: [String] = []
        for (name, shape) in expected.sorted(by: { $0.key < $1.key }) {
            guard let found = info(name) else {
                complaints.append("\(name) is missing")
                continue
            }
            if found.shape != shape { complaints.append("\(name) has the shape \(found.shape), expected \(shape)") }
        }
        let tables = adapter.modules.compactMap { $0.slot as? EmbeddingSlot }
        let untrained = adapter.whole?.beside ?? []
        for name in untrained.map(\.name) where info(name) == nil {
            complaints.append("\(name) is missing")
        }
        let names = Set(tables.map { Self.tableName(of: $0) } + untrained.map(\.name))
        let unexpected = stored.keys.sorted().filter { expected[$0] == nil && !names.contains($0) }
        if complaints.isEmpty { try refuseOtherModules(unexpected, slots) }
        complaints += unexpected.map { "\($0) is unexpected" }
        guard complaints.isEmpty else {
            throw AdaptersError(
                .mismatch,
                "The adapter in \(folder) does not fit the base: \(complaints.prefix(20).joined(separator: "; ")).",
                advice: "Use it with the base that it was trained on.")
        }
        for slot in tables { try checkTable(of: slot) }
        for (name, slot) in untrained { try checkUntrained(slot, name, adapter.configuration.method) }
    }

    /// An adapter that fits but for what it does to modules that are no linear projections of lorad's.
    private func refuseOtherModules(_ unexpected: [String], _ slots: [any ModuleSlot]) throws {
        let prefix = TensorNames.prefix
        let modules = unexpected.compactMap { name -> String? in
            guard name.hasPrefix(prefix), let ending = TensorNames.suffixes.first(where: name.hasSuffix) else {
                return nil
            }
            return String(name.dropFirst(prefix.count).dropLast(ending.count))
        }
        let others = Set(modules).subtracting(slots.map(\.name)).sorted()
        if !others.isEmpty {
            throw AdaptersError(
                .unsupported,
                "The adapter in \(folder) adapts \(others.map { "'\($0)'" }.joined(separator: ", ")) too, which lorad "
                    + "does not support.",
                cause: "Only the linear projections inside the layers and the embedding of the tokens are adapted.",
                advice: "Merge the adapter into its base with PEFT, and use the merged model.")
        }
        let biases = unexpected.filter { $0.hasSuffix(".bias") }
        if !biases.isEmpty {
            throw AdaptersError(
                .unsupported, "The adapter in \(folder) holds trained biases, such as \(biases[0]).",
                cause: "adapter_config.json says nothing of them.",
                advice: "Merge the adapter into its base with PEFT, and use the merged model.")
        }
    }

    private static func refuseOtherFormats(_ folder: String) throws {
        let pickled = "\(folder)/adapter_model.bin"
        if FileManager.default.fileExists(atPath: pickled) {
            throw AdaptersError(
                .unsupported, "The adapter's weights are in \(pickled), not in \(fileName).",
                cause: "lorad does not open pickled files, which can run code.",
                advice: "Convert it once, where torch is: python -c \"import torch; "
                    + "from safetensors.torch import save_file; w = torch.load('\(pickled)', map_location='cpu', weights_only=True); "
                    + "save_file({k: v.contiguous() for k, v in w.items()}, '\(folder)/\(fileName)', "
                    + "metadata={'format': 'pt'})\"")
        }
    }
}
