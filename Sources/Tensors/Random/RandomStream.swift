/// What a run draws random numbers for. Every use has a Philox stream of its own, so that no two draw the same numbers;
/// the streams decide an adapter's bytes.
package enum RandomStream: Sendable, Equatable {
    /// The order of the training rows.
    case rowOrder
    /// The initial A of an adapter's module.
    case adapterInitialisation(module: Int)
    /// The dropout masks of an adapter's module.
    case adapterDropout(module: Int)
    /// The initial weight of one of a classification head's projections.
    case headInitialisation(projection: Int)
    /// The dropout masks at one of the places where a classification head drops.
    case headDropout(place: Int)
    /// The noise on token embeddings while training.
    case embeddingNoise
    /// Which source of several each row of training is drawn from.
    case sourceChoice
    /// The order of the rows of one of several sources.
    case sourceOrder(source: Int)
    /// The rows of one of several sources that its limit takes.
    case sourceSample(source: Int)
    /// The rows that a bootstrap draws; no adapter's bytes depend on it.
    case bootstrap
    /// The tokens of a text that is sampled; no adapter's bytes depend on it.
    case generation
    /// What of an adapter's module is dropped where adapters are composed.
    case compositionPruning(module: Int)

    /// The purposes; each has the streams from `rawValue` · `streamsEach` on, so that none meets another's.
    package enum Purpose: UInt32, Sendable, CaseIterable {
        case rowOrder = 0
        case adapterInitialisation = 1
        case adapterDropout = 2
        case headInitialisation = 3
        case headDropout = 4
        case embeddingNoise = 5
        case sourceChoice = 8
        case sourceOrder = 9
        case sourceSample = 10
        case bootstrap = 16
        case generation = 17
        case compositionPruning = 24
    }

    /// Streams of one purpose.
    package static let streamsEach: UInt32 = 1_000_000

    private var use: (purpose: Purpose, index: Int) {
        switch self {
        case .rowOrder: (.rowOrder, 0)
        case .adapterInitialisation(let module): (.adapterInitialisation, module)
        case .adapterDropout(let module): (.adapterDropout, module)
        case .headInitialisation(let projection): (.headInitialisation, projection)
        case .headDropout(let place): (.headDropout, place)
        case .embeddingNoise: (.embeddingNoise, 0)
        case .sourceChoice: (.sourceChoice, 0)
        case .sourceOrder(let source): (.sourceOrder, source)
        case .sourceSample(let source): (.sourceSample, source)
        case .bootstrap: (.bootstrap, 0)
        case .generation: (.generation, 0)
        case .compositionPruning(let module): (.compositionPruning, module)
        }
    }

    /// The number of the stream.
    package var number: UInt32 {
        let (purpose, index) = use
        precondition(index >= 0 && index < Int(Self.streamsEach), "stream \(index) of \(purpose)")
        return purpose.rawValue * Self.streamsEach + UInt32(index)
    }
}
