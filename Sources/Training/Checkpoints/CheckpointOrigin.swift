import Foundation
import ModelFiles
import Tensors

/// What a checkpoint was computed with: what has to be known before a model is loaded to go on from it.
package struct CheckpointOrigin: Sendable, Equatable {
    /// What computed its last steps.
    package let kernels: KernelSpan
    /// Storage dtype of the frozen weights; nil in a checkpoint that does not say.
    package let dtype: DType?

    /// Of the checkpoint at `path`; nil where there is none that can be read. A damaged one is refused when it is resumed.
    package static func read(_ path: String) -> CheckpointOrigin? {
        guard FileManager.default.fileExists(atPath: path), let file = try? SafetensorsFile(path: path) else {
            return nil
        }
        let spans = file.metadata["kernels"].flatMap(KernelSpan.spans)
        return CheckpointOrigin(
            kernels: spans?.last ?? .unknown, dtype: file.metadata["dtype"].flatMap(DType.init(rawValue:)))
    }

    /// Computes as the checkpoint's last steps were where this CPU can, and says where it cannot.
    ///
    /// - Returns: a sentence for the log; nil where what follows has the bits of an undisturbed run.
    package func takeVariant() -> String? {
        if let variant = KernelVariant.named(kernels.variant), variant.runsHere { variant.choose() }
        let here = KernelSpan.here(from: 0)
        guard !kernels.agrees(with: here) else { return nil }
        return
            "the checkpoint was computed by kernels \(kernels.variant) (number \(kernels.number)), this machine goes on "
            + "with \(here.variant) (number \(here.number)): bits may differ from an undisturbed run's"
    }
}
