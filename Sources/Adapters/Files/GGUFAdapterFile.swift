import ModelFiles
import Tensors
import Transformers

/// An adapter as a GGUF that llama.cpp lays over a base (`--lora`): for each module `NAME.weight.lora_a` `[r, in]` and
/// `.lora_b` `[out, r]` in float32, where a q or k has B's rows in llama.cpp's order, as the base's own are.
///
/// The file has one alpha, and llama.cpp scales each pair by alpha over its own rank. Where modules are scaled otherwise,
/// as with `use_rslora` and `alpha_pattern`, B carries the difference.
///
/// https://github.com/ggml-org/llama.cpp/blob/master/convert_lora_to_gguf.py
package enum GGUFAdapterFile {
    /// Name of the file in a folder.
    package static let fileName = "adapter.gguf"

    /// Writes the file.
    ///
    /// - Parameter name: `general.name`, for people.
    /// - Throws: `AdaptersError.unsupported` where llama.cpp has no name for a module, or takes an alpha of 0 for none;
    ///   `SystemError.unwritable`.
    package static func write(
        _ adapter: Adapter, configuration: ModelConfiguration, name: String, to path: String
    ) throws {
        let pairs = try pairs(adapter)
        let alpha = alpha(pairs, adapter.configuration)
        guard alpha != 0 else {
            throw AdaptersError(.unsupported, "llama.cpp takes an adapter with an alpha of 0 for one scaled by 1.")
        }
        let architecture = try architecture(configuration)
        let metadata: [(key: String, value: GGUFValue)] = [
            ("general.architecture", .string(architecture.name)),
            ("adapter.lora.alpha", .float32(alpha)),
            ("adapter.type", .string("lora")), ("general.file_type", .uint32(0)), ("general.name", .string(name)),
            ("general.quantization_version", .uint32(2)), ("general.type", .string("adapter")),
        ]
        let tensors = try pairs.flatMap { slot, pair -> [GGUFWriter.Tensor] in
            let place = try place(slot, architecture)
            let b = scaled(pair, alpha, adapter.configuration)
            let rows = Matrix(rows: b.rows, columns: b.columns)
            if place.layout == .rotaryPairs {
                RotaryPermutation.apply(b, headDim: configuration.headDim, into: rows)
            } else {
                rows.copy(from: b)
            }
            return [
                (TensorEntry(name: place.name + ".lora_a", matrix: pair.a), .f32),
                (TensorEntry(name: place.name + ".lora_b", matrix: rows), .f32),
            ]
        }
        try GGUFWriter.write(metadata: metadata, tensors: tensors, to: path)
    }

    /// Whether the file holds exactly this adapter, bit for bit.
    ///
    /// - Throws: as reading it; `AdaptersError.mismatch` naming the first tensor that is missing, unexpected or another.
    package static func check(_ path: String, holds adapter: Adapter, configuration: ModelConfiguration) throws {
        let architecture = try architecture(configuration)
        let file = try GGUFFile(path: path)
        let pairs = try pairs(adapter)
        let alpha = alpha(pairs, adapter.configuration)
        var unexpected = Set(file.tensors.keys)
        func compare(_ name: String, _ expected: Matrix, isPermuted: Bool) throws {
            unexpected.remove(name)
            var found = Matrix(rows: expected.rows, columns: expected.columns)
            try file.read(name, into: found)
            if isPermuted {
                let rows = Matrix(rows: expected.rows, columns: expected.columns)
                RotaryPermutation.undo(found, headDim: configuration.headDim, into: rows)
                found = rows
            }
            guard found.values.map(\.bitPattern) == expected.values.map(\.bitPattern) else {
                throw AdaptersError(.mismatch, "The tensor \(name) in \(path) is not the adapter's.")
            }
        }
        for (slot, pair) in pairs {
            let place = try place(slot, architecture)
            try compare(place.name + ".lora_a", pair.a, isPermuted: false)
            let b = scaled(pair, alpha, adapter.configuration)
            try compare(place.name + ".lora_b", b, isPermuted: place.layout == .rotaryPairs)
        }
        if let name = unexpected.min() {
            throw AdaptersError(.mismatch, "\(path) holds the unexpected tensor \(name).")
        }
        guard file.metadata["adapter.lora.alpha"] == .float32(alpha) else {
            throw AdaptersError(.mismatch, "\(path) states another alpha than \(alpha).")
        }
    }

    /// A slot and the pair that its update is.
    private typealias SlotPair = (slot: any ModuleSlot, pair: LowRankPair)

    /// - Throws: `AdaptersError.unsupported` where the method's update is no pair.
    private static func pairs(_ adapter: Adapter) throws -> [SlotPair] {
        try adapter.requireGGUF()
        return try adapter.modules.compactMap { module in
            guard let pair = module.update.lowRankPair else { throw adapter.ggufRefusal }
            // Of AdaLoRA, a module that has lost all of its ranks.
            return pair.a.rows == 0 ? nil : (module.slot, pair)
        }
    }

    /// The configuration's alpha where every module goes by it and the one rank, else the first module's.
    private static func alpha(_ pairs: [SlotPair], _ own: AdapterConfiguration) -> Float {
        let other = pairs.first { !isPlain($0.pair, own) }
        return other == nil ? own.alpha : pairs.first.map { $0.pair.scaling * Float($0.pair.a.rows) } ?? own.alpha
    }

    /// Whether llama.cpp's alpha over rank is the pair's factor with the configuration's alpha.
    private static func isPlain(_ pair: LowRankPair, _ configuration: AdapterConfiguration) -> Bool {
        !configuration.isRankStabilised && pair.scaling == configuration.scaling && pair.a.rows == configuration.rank
    }

    /// B, such that alpha over the pair's rank is the factor on it.
    private static func scaled(_ pair: LowRankPair, _ alpha: Float, _ configuration: AdapterConfiguration) -> Matrix {
        let factor = pair.scaling * Float(pair.a.rows) / alpha
        guard factor != 1, !(isPlain(pair, configuration) && alpha == configuration.alpha) else { return pair.b }
        return Matrix(pair.b.values.map { $0 * factor }, rows: pair.b.rows, columns: pair.b.columns)
    }

    private static func architecture(_ configuration: ModelConfiguration) throws -> GGUFArchitecture {
        switch configuration.family.gguf {
        case .architecture(let architecture): return architecture
        case .none(let reason):
            throw AdaptersError(
                .unsupported, "Adapters of models of type '\(configuration.modelType)' are not written as GGUF.",
                cause: reason)
        }
    }

    private static func place(_ slot: any ModuleSlot, _ architecture: GGUFArchitecture) throws -> (
        name: String, layout: GGUFLayout
    ) {
        guard let place = architecture.ggufName(slot.name + ".weight") else {
            throw AdaptersError(.unsupported, "llama.cpp has no name for the projection '\(slot.name)'.")
        }
        return place
    }
}

extension Adapter {
    /// - Throws: `AdaptersError.unsupported` where llama.cpp's files have no place for the method, with the reason.
    fileprivate func requireGGUF() throws {
        if configuration.method.ggufObstacle != nil || whole != nil || adaptsEmbedding { throw ggufRefusal }
    }

    private var ggufCause: String? {
        if whole != nil { return "llama.cpp's adapters have no place for weights that are trained whole." }
        return adaptsEmbedding
            ? "It adapts the embedding; lorad writes pairs of projections alone." : configuration.method.ggufObstacle
    }

    fileprivate var ggufRefusal: AdaptersError {
        let method = configuration.method
        return AdaptersError(
            .unsupported, "A \(method.title) adapter is not written as GGUF.",
            cause: ggufCause,
            advice: method.mergeObstacle == nil
                ? "Merge it into its base, and use the merged model."
                : "Serve it beside its base, as PEFT and lorad do.")
    }
}
