import Foundation
import ModelFiles
import Tensors
import Transformers

/// Merged weights W = W0 + alpha/rank · B·A of every adapted projection.
package enum MergedWeights {
    /// Computes W of one adapted projection in float32.
    ///
    /// - Throws: as reading W0.
    package static func merged(_ module: LoRAAdapter.Module, scaling: Float, base: any WeightSource) throws -> Matrix {
        let weight = Matrix(rows: module.slot.outputs, columns: module.slot.inputs)
        try base.read(module.slot.weightName, into: weight)
        multiply(.plain(module.b.value), .plain(module.a.value), into: weight, scale: scaling, accumulate: true)
        return weight
    }

    /// Writes the merged projections alone to one safetensors file; `MergedSource` lays it over the base.
    ///
    /// - Parameter dtype: the precision that will be served.
    /// - Throws: as reading the base, `ModelFilesError.unwritable`.
    package static func writeOverlay(
        _ adapter: LoRAAdapter, base: any WeightSource, dtype: FileDType, to path: String
    ) throws {
        let entries = try adapter.modules.map { module in
            SafetensorsWriter.Entry(
                name: module.slot.weightName,
                matrix: try merged(module, scaling: adapter.configuration.scaling, base: base))
        }
        try SafetensorsWriter.write(entries, dtype: dtype, metadata: ["format": "pt"], to: path)
    }

    /// Writes a whole model folder: config.json is the caller's, every weight goes to `model.safetensors`.
    ///
    /// - Throws: as `writeOverlay`.
    package static func writeModel(
        _ adapter: LoRAAdapter, base: BaseModelFiles, dtype: FileDType, to path: String
    ) throws {
        let modules = Dictionary(uniqueKeysWithValues: adapter.modules.map { ($0.slot.weightName, $0) })
        let entries = try base.tensorNames.map { name in
            if let module = modules[name] {
                let matrix = try merged(module, scaling: adapter.configuration.scaling, base: base)
                return SafetensorsWriter.Entry(name: name, matrix: matrix)
            }
            guard let info = base.info(name) else { throw AdaptersError(.missing, "The base lost its tensor \(name).") }
            let matrix = Matrix(rows: info.rows, columns: info.columns)
            try base.read(name, into: matrix)
            return SafetensorsWriter.Entry(name: name, matrix: matrix, shape: info.shape)
        }
        try SafetensorsWriter.write(entries, dtype: dtype, metadata: ["format": "pt"], to: path)
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

    package var configuration: ModelConfiguration { base.configuration }

    package func verifyComplete(expected: [String: [Int]]) throws {
        try base.verifyComplete(expected: expected)
        for tensor in overlay.tensors.values where expected[tensor.name] != tensor.shape {
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
}
