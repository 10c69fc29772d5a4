import Adapters
import Common
import Foundation
import Manifests
import Publication
import Reports
import Tensors
import Training
import Transformers

/// Fills the report's parts from what the stages left.
enum ReportAssembly {
    static func training(
        _ result: TrainingResult, plan: TrainingConfiguration, data: PreparedData, base: VerifiedBase, trainable: Int,
        predictedPeak: Int, metric: BestMetric
    ) -> TrainingReport {
        var report = TrainingReport(
            loss: result.losses, learningRate: result.learningRates, gradientNorm: result.gradientNorms,
            validation: result.validation.map { ValidationPoint(step: $0.step, loss: $0.loss) },
            best: CheckpointReport(result, metric),
            steps: result.losses.count, plannedSteps: plan.steps, rowsSeen: result.losses.count * plan.batchSize,
            epochs: Double(result.losses.count * plan.batchSize) / Double(data.examples.count), tokens: result.tokens,
            supervisedTokens: result.supervisedTokens, kernels: result.kernels.map(KernelProvenance.init),
            tokensPerSecond: result.tokensPerSecond,
            wallSeconds: result.seconds, peakMemoryBytes: MachineInfo.peakResidentBytes,
            predictedPeakMemoryBytes: predictedPeak,
            trainableParameters: trainable, baseParameters: base.hash.parameters, rows: data.rows,
            contamination: data.contamination, sample: data.sample)
        report.optimizerBytes = AdamW.bytes(elements: trainable)
        report.sources = data.mixture.report(plan, result)
        return report
    }

    static func provenance(
        _ manifest: JobManifest, plan: TrainingConfiguration, parent: ParentAdapter?, compared: [ComparedAdapter],
        base: VerifiedBase,
        data: PreparedData,
        run: RunIdentifier, attempt: Int, startedAt: Date, training: TrainingReport?, binary: String?,
        confinement: ConfinementProvenance?
    ) -> Provenance {
        var provenance = Provenance(
            name: manifest.name, run: run.description, attempt: attempt, startedAt: startedAt, finishedAt: Date(),
            base: BaseProvenance(
                path: base.hash.path, sha256: base.hash.sha256, tokenizerSHA256: base.hash.tokenizerSHA256,
                modelType: base.hash.modelType, parameters: base.hash.parameters,
                location: base.location, hubID: manifest.base.hubID),
            parent: parent?.provenance, datasets: data.datasets, chatTemplate: data.chatTemplate,
            adapter: shape(manifest.adapter, data.task),
            training: recipe(manifest, plan, training),
            versions: ["lorad": LoradVersion.current, "openblas": MachineInfo.openBLASConfiguration],
            machine: MachineProvenance(
                cpu: MachineInfo.cpuName, threads: Threads.count, instructions: KernelVariant.chosen.name,
                kernelsNumber: KernelVariant.number,
                system: ProcessInfo.processInfo.operatingSystemVersionString),
            license: manifest.license, confinement: confinement)
        provenance.tools = data.tools
        provenance.binarySHA256 = binary
        provenance.compared = compared.isEmpty ? nil : compared.flatMap(\.provenance)
        return provenance
    }
}

extension ReportAssembly {
    /// The keys that the method has, and only those.
    private static func shape(_ section: AdapterSection, _ task: ModelTask) -> AdapterProvenance {
        func own<Value>(_ key: String, _ value: Value?) -> Value? { section.method.keys.contains(key) ? value : nil }
        var shape = AdapterProvenance(
            method: section.method.rawValue, useRSLoRA: section.useRSLoRA, rank: own("rank", section.rank),
            alpha: own("alpha", section.alpha), dropout: own("dropout", section.dropout),
            targets: section.targets ?? [],
            task: task.labels.map { $0 == .regression ? "regression" : "classification" }, labels: task.names)
        shape.rankPattern = section.rankPattern.map { $0.map { "\($0.name): \($0.value)" } }
        shape.alphaPattern = section.alphaPattern.map { $0.map { "\($0.name): \(FigureFormat.plain($0.value))" } }
        shape.layers = section.layers.map { $0.map(\.text) }
        shape.excluded = section.exclude
        shape.savedModules = section.wholeModules.isEmpty ? nil : section.wholeModules
        shape.bias = section.bias?.rawValue
        shape.beginning = section.beginning?.rawValue
        shape.feedforward = section.feedforwardModules
        shape.initialRank = own("init_r", section.initialRank)
        shape.targetRank = own("target_r", section.targetRank)
        shape.virtualTokens = own("num_virtual_tokens", section.virtualTokens)
        shape.promptText = section.promptText
        shape.variant = own("variant", section.variant.rawValue)
        shape.reductionFactor = own("reduction_factor", section.reductionFactor)
        return shape
    }

    private static func recipe(
        _ manifest: JobManifest, _ plan: TrainingConfiguration, _ training: TrainingReport?
    ) -> TrainingProvenance {
        let section = manifest.training
        var recipe = TrainingProvenance(
            seed: UInt64(bitPattern: Int64(section.seed)), dtype: section.dtype.rawValue,
            computeDType: manifest.dtype.compute.rawValue, kernels: training?.kernels,
            schedule: section.schedule.rawValue, learningRate: section.learningRate,
            warmupRatio: section.warmupRatio ?? Double(plan.warmupSteps) / Double(plan.steps),
            weightDecay: section.weightDecay, maxGradNorm: section.maxGradNorm,
            batchSize: section.batchSize * section.gradientAccumulation, maxLength: section.maxLength,
            measured: training)
        recipe.labelSmoothing = section.labelSmoothing
        recipe.neftuneAlpha = section.neftuneAlpha
        recipe.loraPlusRatio = section.loraPlusRatio
        recipe.warmupSteps = section.warmupSteps
        if plan.schedule.hasMinimum { recipe.minLRRate = plan.minimumRateShare }
        if plan.schedule == .warmupStableDecay { recipe.decaySteps = plan.decaySteps }
        return recipe
    }
}

extension CheckpointReport {
    /// Nil where there was no validation, or its loss was never finite.
    ///
    /// - Parameter metric: of a slice, which may have had no value at any step.
    fileprivate init?(_ result: TrainingResult, _ metric: BestMetric) {
        guard let last = result.compared.last, let best = result.best ?? (result.criterion.map { _ in last }) else {
            return nil
        }
        self.init(
            metric: metric.name, step: best.step, value: best.value, lastStep: last.step, lastValue: last.value,
            keptStep: result.keptStep)
    }
}

extension KernelProvenance {
    /// What a checkpoint says of it.
    fileprivate init(_ span: KernelSpan) {
        self.init(variant: span.variant, number: span.number, firstStep: span.firstStep)
    }
}
