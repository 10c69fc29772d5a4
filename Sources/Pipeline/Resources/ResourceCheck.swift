import Adapters
import Foundation
import Manifests
import ModelFiles
import Tensors
import Training

/// Looks, before any training, whether the job fits into memory and onto the disks.
struct ResourceCheck {
    let manifest: JobManifest
    let limits: JobLimits

    /// - Throws: `PipelineError.noSpace` where a disk is too full, which a later attempt may find otherwise.
    func requireDisk(
        adapter: Adapter, plan: TrainingConfiguration, base: VerifiedBase, environment: JobEnvironment
    ) throws {
        // What an adapter began as stands in its checkpoints and in what it publishes; what it keeps of its steps in the
        // former alone.
        let constants = (adapter.constants + adapter.state).reduce(0) { $0 + 4 * $1.matrix.rows * $1.matrix.columns }
        let trainable = 4 * adapter.parameterCount + constants
        // The old checkpoint stays until the new one is whole.
        let checkpoints = 2 * (plan.checkpointBytes(elements: adapter.parameterCount) + constants)
        let parted = MergedWeights.partedHeadElements(adapter, base: base.files.configuration)
        let adapted = adapter.modules.reduce(4 * parted) { $0 + 4 * $1.slot.inputs * $1.slot.outputs }
        let exports = manifest.merge.export != .none
        let element = manifest.merge.dtype == .bfloat16 ? 2 : 4
        let demands = [
            (environment.workFolder, checkpoints + (exports ? 0 : adapted)),
            (environment.outbox, trainable + (exports ? element * (base.hash.parameters + parted) : 0) + (4 << 20)),
        ]
        for (folder, bytes) in FreeDisk.byFileSystem(demands) { try requireDisk(bytes, at: folder) }
    }

    /// Notes rows and steps beyond what the rule for the manifest's owner allows.
    func checkAllowance(rows: Int, steps: Int, _ mistakes: JobMistakes) {
        let rule = "the rule for its owner in lorad.yaml allows"
        if let limit = limits.rows, rows > limit {
            mistakes.note(
                "dataset.train", "the job would train on \(rows) rows; \(rule) \(limit).",
                advice: "Use fewer rows, or ask whoever keeps lorad.yaml.")
        }
        if let limit = limits.steps, steps > limit {
            mistakes.note(
                manifest.training.maxSteps == nil ? "training.epochs" : "training.max_steps",
                "the job would train for \(steps) steps; \(rule) \(limit).",
                advice: "Lower training.max_steps or training.epochs, or ask whoever keeps lorad.yaml.")
        }
    }

    /// - Throws: `PipelineError.rejected` where the predicted memory is too much, which no later attempt would change.
    func requireMemory(_ prediction: MemoryPrediction) throws {
        let peak = prediction.peak
        let limit = limits.memoryBytes ?? MachineInfo.physicalMemoryBytes
        guard peak > limit else { return }
        let bound = limits.memoryBytes == nil ? "this machine has" : "limits.memory_mib of lorad.yaml allows"
        throw PipelineError(
            .rejected,
            "The job is predicted to need \(peak >> 20) MiB of memory at its peak; \(bound) \(limit >> 20) MiB.",
            advice: advice(prediction, limit: limit))
    }

    private func advice(_ prediction: MemoryPrediction, limit: Int) -> String {
        let weights = prediction.provenWeights
        guard weights < limit else {
            return "The base's weights alone need \(weights >> 20) MiB: use a smaller base, or raise the limit."
        }
        let adapter = prediction.trained + prediction.optimizer
        if adapter > prediction.activations {
            let method = manifest.adapter.method
            let subject = method.publishesModel ? "Gradients and optimizer" : "The adapter and its optimizer"
            return "\(subject) alone need \(adapter >> 20) MiB: \(method.lessMemory)."
        }
        var lower = ["training.batch_size", "training.micro_batch_tokens", "training.max_length"].joined(
            separator: ", ")
        lower = "Lower \(lower)"
        if !manifest.training.activationCheckpointing { lower += ", or set training.activation_checkpointing: true" }
        if manifest.training.dtype != .bfloat16 { lower += ", or set training.dtype: bfloat16" }
        return lower + "."
    }

    private func requireDisk(_ needed: Int, at folder: String) throws {
        guard let free = FreeDisk.bytes(at: folder), free < needed + limits.freeDiskBytes else { return }
        throw PipelineError(
            .noSpace,
            "The job needs \((needed >> 20) + 1) MiB on the disk of \(folder), "
                + "with \(limits.freeDiskBytes >> 20) MiB to stay free; \(free >> 20) MiB are free.",
            advice: "Make room, or lower limits.free_disk_mib in lorad.yaml.")
    }
}
