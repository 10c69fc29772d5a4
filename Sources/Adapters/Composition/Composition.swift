import ModelFiles
import Tensors
import Transformers

/// Several low-rank adapters of one base made into one, as PEFT's `add_weighted_adapter` makes it, but that the result is
/// scaled by 1 whatever its parents' scaling was.
package struct Composition {
    /// An adapter that goes into it.
    package struct Parent: Sendable {
        /// What messages call it.
        package let name: String
        package let folder: String
        package let weight: Double

        package init(name: String, folder: String, weight: Double) {
            self.name = name
            self.folder = folder
            self.weight = weight
        }
    }

    /// A parent's share in a module: W' = W + weight · scaling · B·A.
    struct Share {
        /// The parent's place among all of them.
        let parent: Int
        let weight: Double
        let pair: LowRankPair
    }

    private let settings: CompositionSettings
    private let rank: Int
    /// By the module's name.
    private let shares: [String: [Share]]

    /// The composed adapter, attached to `model`.
    ///
    /// - Parameter identity: of the base, which each parent must be for.
    /// - Throws: `AdaptersError.mismatch` naming what two adapters differ in, `.unsupported` for a parent that is no plain
    ///   LoRA, `.notFinite`; as `Adapter.load`.
    package static func compose(
        _ parents: [Parent], _ settings: CompositionSettings, on model: LanguageModel, identity: BaseIdentity
    ) throws -> Adapter {
        try Composition(parents, settings, model, identity).adapter(on: model)
    }

    private init(
        _ parents: [Parent], _ settings: CompositionSettings, _ model: LanguageModel, _ identity: BaseIdentity
    ) throws {
        var shares: [String: [Share]] = [:]
        var ranks: [(parent: Parent, ranks: Set<Int>)] = []
        for (index, parent) in parents.enumerated() {
            let adapter = try Adapter.load(folder: parent.folder, into: model, expecting: identity)
            // Its matrices outlive it; the next one takes the slots.
            defer { adapter.detach() }
            try adapter.checkMeaningful()
            guard adapter.whole == nil else {
                throw AdaptersError(
                    .unsupported, "\(parent.name) holds weights of the base that were trained whole.",
                    cause: "Only A and B are composed.", advice: "Merge it into the base, and compose on that.")
            }
            for module in adapter.modules {
                guard adapter.configuration.method == .lora, let pair = module.update.lowRankPair else {
                    throw AdaptersError(
                        .unsupported,
                        "The method of \(parent.name) is \(adapter.configuration.method.name); only lora is composed.",
                        cause: "Of the other methods there is no sum that is an adapter again.",
                        advice: "Merge it into the base, and compose on that.")
                }
                shares[module.slot.name, default: []].append(Share(parent: index, weight: parent.weight, pair: pair))
            }
            ranks.append((parent, Set(adapter.modules.map(\.place.rank))))
        }
        self.settings = settings
        self.shares = shares
        rank = try Self.rank(ranks, settings)
    }

    /// The rank of the result.
    private static func rank(
        _ parents: [(parent: Parent, ranks: Set<Int>)], _ settings: CompositionSettings
    ) throws -> Int {
        let largest = parents.map { $0.ranks.max() ?? 0 }
        switch settings.method.space {
        case .side: return largest.reduce(0, +)
        case .updates: return settings.rank ?? largest.max() ?? 0
        case .factors:
            try requireOneRank(parents, settings.method.name)
            return largest.first ?? 0
        }
    }

    private static func requireOneRank(_ parents: [(parent: Parent, ranks: Set<Int>)], _ method: String) throws {
        guard let first = parents.first,
            let other = parents.first(where: { $0.ranks.count > 1 || $0.ranks != first.ranks })
        else { return }
        func told(_ own: (parent: Parent, ranks: Set<Int>)) -> String {
            "\(own.ranks.sorted().map(String.init).joined(separator: " and ")) of \(own.parent.name)"
        }
        let isFirst = other.ranks == first.ranks
        throw AdaptersError(
            .mismatch,
            "\(method) adds adapters of one rank; the rank is \(isFirst ? "" : told(first) + " and ")\(told(other)).",
            advice: "Compose them with cat or svd, which take any ranks.")
    }

    private func adapter(on model: LanguageModel) throws -> Adapter {
        let slots = model.moduleSlots.filter { shares[$0.name] != nil }
        let configuration = AdapterConfiguration(
            method: .lora, rank: rank, alpha: Float(rank), targets: TargetSelection.leafNames(slots))
        let places = slots.map(configuration.place)
        let adapter = try Adapter(
            configuration, places: places, published: PublishedTargets(configuration, places, on: model), model: model,
            seed: 0)
        do {
            for (index, module) in adapter.modules.enumerated() {
                guard let target = module.update.lowRankPair else { preconditionFailure("LoRA is a pair") }
                try fill(target, from: shares[module.slot.name, default: []], module: index)
            }
            try adapter.checkMeaningful()
        } catch {
            adapter.detach()
            throw error
        }
        return adapter
    }

    private func fill(_ target: LowRankPair, from shares: [Share], module: Int) throws {
        switch settings.method.space {
        case .side: ComposedPair.placeSideBySide(shares, into: target)
        case .factors:
            let roots = shares.map { ($0.weight * Double($0.pair.scaling)).magnitude.squareRoot() }
            // A sign on both sides would be none.
            let signed = zip(shares, roots).map { $0.weight * Double($0.pair.scaling) < 0 ? -$1 : $1 }
            set(target.a, shares.map { ($0, $0.pair.a) }, weights: signed, module, part: 0)
            set(target.b, shares.map { ($0, $0.pair.b) }, weights: roots, module, part: 1)
        case .updates where settings.method.pruning == .nothing:
            try ComposedPair.setSum(of: shares, into: target)
        case .updates:
            let update = Matrix(rows: target.b.rows, columns: target.a.columns)
            set(update, shares.map { ($0, $0.pair.scaledProduct()) }, weights: shares.map(\.weight), module, part: 2)
            try ComposedPair.setLargestDirections(of: update, into: target)
        }
    }

    /// Combines the parents' matrices into one of the same shape.
    private func set(
        _ target: Matrix, _ parents: [(share: Share, matrix: Matrix)], weights: [Double], _ module: Int, part: UInt64
    ) {
        let vectors = parents.map { share, matrix -> [Float] in
            let density = settings.density ?? 1
            switch settings.method.pruning {
            case .nothing: return matrix.values
            case .smallest: return TaskVectors.keepingLargest(matrix.values, density: density)
            case .random:
                let random = Philox(seed: settings.seed, stream: .compositionPruning(module: module))
                // Three vectors of each parent draw.
                return TaskVectors.dropping(
                    matrix.values, density: density, random: random, part: 3 * UInt64(share.parent) + part)
            }
        }
        let combined = TaskVectors.combine(
            vectors, weights: weights.map { Float($0) },
            electing: settings.method.electsSign ? settings.majority : nil)
        target.copy(from: Matrix(combined, rows: target.rows, columns: target.columns))
    }
}
