import AdapterKinds
import Adapters
import Manifests
import Tensors
import Training
import Transformers

extension JobManifest {
    /// With the targets that a base of this type has by default for the method, where the manifest names none.
    ///
    /// - Throws: `TransformersError.unsupported` for an unknown type, or one that the method has no default for.
    func completed(modelType: String) throws -> JobManifest {
        var manifest = self
        let family = try ModelFamilies.named(modelType)
        guard adapter.method.adaptsProjections else { return manifest }
        guard adapter.method.keys.contains("feedforward_modules") else {
            let method = try AdapterMethods.named(adapter.method.adapterMethod)
            let standard = method.adaptsAllByDefault ? [TargetWord.allLinear] : family.defaultTargets
            manifest.adapter.targets = adapter.targets ?? standard
            return manifest
        }
        if adapter.targets == nil || adapter.feedforwardModules == nil, family.scaledTargets == nil {
            throw TransformersError(
                .unsupported,
                "PEFT has no default targets of \(adapter.method.rawValue) for a base of type '\(modelType)'.",
                advice: "Name adapter.targets and adapter.feedforward_modules.")
        }
        let names = adapter.targets ?? family.scaledTargets?.all ?? []
        manifest.adapter.targets = names
        manifest.adapter.feedforwardModules =
            adapter.feedforwardModules
            ?? family.scaledTargets?.inputs.filter { input in
                // A target may name more than the default does, or less.
                let isTargeted = names.contains {
                    $0 == TargetWord.allLinear || TargetSelection.matches($0, input)
                        || TargetSelection.matches(input, $0)
                }
                return isTargeted && !(adapter.exclude ?? []).contains { TargetSelection.matches($0, input) }
            }
        return manifest
    }

    /// With `auto` replaced by what this machine makes of it, as a run's own manifest has it; by what the checkpoint's
    /// machine made of it where a job goes on.
    func onThisMachine(resuming origin: CheckpointOrigin?) -> JobManifest {
        var manifest = self
        if training.dtype == .auto {
            // The updates of weights that are trained would be lost in the rounding of bfloat16.
            let trainsWeights = adapter.method.publishesModel || !adapter.wholeModules.isEmpty
            let standard = trainsWeights ? .float32 : MachineInfo.fasterDType
            let dtype = origin?.dtype ?? standard
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
