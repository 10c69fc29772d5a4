import Common

/// How several adapters become one, by the names of PEFT's `combination_type`.
/// https://huggingface.co/docs/peft/developer_guides/model_merging
package struct CompositionMethod: Sendable, Equatable {
    /// What is combined.
    enum Space: Sendable {
        /// A and B, each for itself: cheap and rough, because products of one adapter's B with another's A come in.
        case factors
        /// The updates B·A, of which the largest singular directions are kept.
        case updates
        /// Nothing: A and B of all stand beside each other, which is exact.
        case side
    }

    /// What of every adapter is left out before.
    enum Pruning: Sendable {
        case nothing
        /// The smallest elements. https://arxiv.org/abs/2306.01708
        case smallest
        /// Elements at random, the others scaled up for them. https://arxiv.org/abs/2311.03099
        case random
    }

    package let name: String
    let space: Space
    var pruning = Pruning.nothing
    /// Whether only those elements are added that have the sign of most. https://arxiv.org/abs/2306.01708
    var electsSign = false

    package var needsDensity: Bool { pruning != .nothing }
    package var needsEqualRanks: Bool { space == .factors }
    package var takesRank: Bool { space == .updates }
    package var takesSeed: Bool { pruning == .random }
    package var takesMajority: Bool { electsSign }

    package static let all: [CompositionMethod] = [
        CompositionMethod(name: "linear", space: .factors), CompositionMethod(name: "cat", space: .side),
        CompositionMethod(name: "svd", space: .updates),
        CompositionMethod(name: "ties", space: .factors, pruning: .smallest, electsSign: true),
        CompositionMethod(name: "ties_svd", space: .updates, pruning: .smallest, electsSign: true),
        CompositionMethod(name: "dare_linear", space: .factors, pruning: .random),
        CompositionMethod(name: "dare_linear_svd", space: .updates, pruning: .random),
        CompositionMethod(name: "dare_ties", space: .factors, pruning: .random, electsSign: true),
        CompositionMethod(name: "dare_ties_svd", space: .updates, pruning: .random, electsSign: true),
        CompositionMethod(name: "magnitude_prune", space: .factors, pruning: .smallest),
        CompositionMethod(name: "magnitude_prune_svd", space: .updates, pruning: .smallest),
    ]

    package static func == (left: CompositionMethod, right: CompositionMethod) -> Bool { left.name == right.name }
}

/// How adapters are composed.
package struct CompositionSettings: Sendable {
    /// Which sign most have: that of the sum of all, or the one that more of them have.
    package enum Majority: String, Sendable, CaseIterable {
        case total, frequency
    }

    package let method: CompositionMethod
    /// The share of elements that pruning leaves, above 0 and up to 1.
    package let density: Double?
    package let majority: Majority
    /// Of the result, where its directions are chosen; the largest rank of the parents unless given.
    package let rank: Int?
    /// What is dropped at random is a function of it.
    package let seed: UInt64

    /// - Throws: `AdaptersError.unsupported` for a setting that the method lacks, or does not have.
    package init(
        method: CompositionMethod, density: Double? = nil, majority: Majority? = nil, rank: Int? = nil,
        seed: UInt64? = nil
    ) throws {
        func refuse(_ text: String, _ advice: String) -> AdaptersError {
            AdaptersError(.unsupported, "\(method.name) \(text).", advice: advice)
        }
        guard method.needsDensity == (density != nil) else {
            throw method.needsDensity
                ? refuse("needs a density: the share of elements that it keeps", "Say --density 0.5, for instance.")
                : refuse("prunes nothing, so it has no density", "Leave --density out.")
        }
        if let density, !(density > 0 && density <= 1) {
            throw AdaptersError(.unsupported, "The density is \(density); it must be above 0 and at most 1.")
        }
        if majority != nil, !method.takesMajority {
            throw refuse("elects no sign", "Leave --majority-sign-method out.")
        }
        if seed != nil, !method.takesSeed { throw refuse("draws nothing at random", "Leave --seed out.") }
        if let rank {
            guard method.takesRank else {
                throw refuse("has the rank that its parents give it", "Leave --svd-rank out.")
            }
            guard (1...AdapterConfiguration.largestRank).contains(rank) else {
                throw AdaptersError(.unsupported, "The rank is \(rank); it must be 1 or more.")
            }
        }
        self.method = method
        self.density = density
        self.majority = majority ?? .total
        self.rank = rank
        self.seed = seed ?? 0
    }
}
