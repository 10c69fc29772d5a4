import Manifests
import Tensors
import Training
import Transformers

extension JobManifest {
    /// With the targets that a base of this type has by default, where the manifest names none.
    ///
    /// - Throws: `TransformersError.unsupported` for an unknown type.
    func completed(modelType: String) throws -> JobManifest {
        var manifest = self
        manifest.adapter.targets = try adapter.targets ?? ModelFamilies.named(modelType).defaultTargets
        return manifest
    }

    /// With `auto` replaced by what this machine makes of it, as a run's own manifest has it; by what the checkpoint's
    /// machine made of it where a job goes on.
    func onThisMachine(resuming origin: CheckpointOrigin?) -> JobManifest {
        var manifest = self
        if training.dtype == .auto {
            let dtype = origin?.dtype ?? MachineInfo.fasterDType
            manifest.training.dtype = dtype == .bfloat16 ? .bfloat16 : .float32
        }
        return manifest
    }

    /// Whether the adapter published is that of the best step, and not of the last one.
    var keepsBest: Bool { training.best?.keep == .best }

    /// What tells the best step, where the validation loss does not; named by all that decides its figure.
    ///
    /// - Parameter rows: the hash of the validation data.
    func criterion(_ rows: String?) -> BestCriterion? {
        guard let (slice, metric) = bestMetric else { return nil }
        let options = [evaluation.sliceBy ?? "", "\(evaluation.choices ?? [])", "\(evaluation.maxNewTokens)"]
        let name = ([slice, metric.rawValue, rows ?? ""] + options).map(\.debugDescription).joined(separator: " ")
        return BestCriterion(name: name, higherIsBetter: metric.higherIsBetter)
    }

    /// The storage dtype of the base's frozen weights.
    var dtype: DType { training.dtype == .bfloat16 ? .bfloat16 : .float32 }
}
