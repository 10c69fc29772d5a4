import Adapters
import ArgumentParser
import BenchmarkSupport
import Tensors
import Transformers

/// The adapter on the measured base.
struct AdapterOptions: ParsableArguments {
    @Option(help: "Rank of the adapter; 0 does a step's frozen work without one.")
    var rank = 8

    @Option(help: "Targeted projections, separated by commas, or all-linear.")
    var targets = "q_proj,v_proj"

    @Option(help: "Dropout before the adapter.")
    var dropout: Float = 0

    /// Attaches the adapter; for rank 0 something that only asks for the backward pass.
    func attach(to model: LanguageModel, seed: UInt64) throws -> Adapter? {
        guard rank > 0 else {
            for slot in try lowestSlots(model) { slot.adapter = EmptyAdapter() }
            return nil
        }
        let configuration = AdapterConfiguration(
            rank: rank, alpha: Float(2 * rank), dropout: dropout, targets: targetNames)
        return try Adapter.attach(configuration, to: model, seed: seed)
    }

    /// What a step over this adapter cannot avoid.
    func arithmetic(_ model: LanguageModel) throws -> StepArithmetic {
        let slots = try TargetSelection.select(targetNames, among: model.slots)
        return StepArithmetic(model.configuration, targets: slots.map(\.name))
    }

    private var targetNames: [String] { targets.split(separator: ",").map(String.init) }

    /// The targeted projections of the lowest layer that has any: an adapter there makes gradients flow through all
    /// that an adapter on every layer makes them flow through.
    private func lowestSlots(_ model: LanguageModel) throws -> [ProjectionSlot] {
        func layer(_ slot: ProjectionSlot) -> Substring? {
            slot.name.split(separator: ".").first { Int($0) != nil }
        }
        let slots = try TargetSelection.select(targetNames, among: model.slots).compactMap { $0 as? ProjectionSlot }
        return slots.filter { layer($0) == slots.first.flatMap(layer) }
    }
}

/// Computes nothing and has no parameters.
private final class EmptyAdapter: ProjectionAdapter {
    let hasDropout = false
    let savedCount = 0

    func forward(
        _ x: Matrix, product: Matrix?, frozen: FrozenProjection?, into y: Matrix, saved: Matrix, pass: Pass
    ) {}
    func backward(
        _ dy: Matrix, x: Matrix, frozen: FrozenProjection?, saved: Matrix, into dx: Matrix?, pass: Pass
    ) {}
}
