import Tensors
import Transformers

extension Adapter {
    /// What every module learned, beside its base weight.
    ///
    /// - Parameter progress: told how many modules of how many are done.
    /// - Throws: as reading the base's weights.
    package func spectra(
        base: any WeightSource, progress: (Int, Int) -> Void = { _, _ in }
    ) throws -> [UpdateSpectrum] {
        if let update { return try update.changes(base: base, progress: progress) }
        let own = try whole?.changes(base: base, progress: progress) ?? []
        return try own
            + modules.enumerated().map { index, module in
                defer { progress(index + 1, modules.count) }
                let shape = module.slot.weightShape
                let weight = Matrix(rows: shape[0], columns: shape[1])
                try base.read(module.slot.weightName, into: weight)
                let weightNorm = Kernels.squaredNorm(weight).squareRoot()
                let (values, norm) = module.update.spectrum(weight: weight, isTransposed: module.slot.isTransposed)
                return UpdateSpectrum(
                    module: module.slot.name, singularValues: values, relativeNorm: norm / weightNorm)
            }
    }
}
