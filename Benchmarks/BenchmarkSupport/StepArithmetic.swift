import ModelFiles

/// Length of one sequence, how many of its rows carry a label, and how many of its first rows another one has computed.
package struct SequenceSize: Sendable {
    package let tokens: Int
    package let labels: Int
    package let shared: Int

    package init(tokens: Int, labels: Int, shared: Int) {
        self.tokens = tokens
        self.labels = labels
        self.shared = shared
    }

    var computed: Int { tokens - shared }
}

/// Floating-point operations that a step over given sequences cannot avoid, as issue 3 counts them:
///
/// - 2 forward and 2 backward for each frozen weight and row; no weight gradients;
/// - the vocabulary head on labelled rows only, the last layer's output projection and MLP likewise;
/// - attention over the causal half: 2 products forward, 4 backward (what a kernel computes again is its own affair);
/// - what sequences of a batch have in common from their beginning on, once;
/// - nothing backward below the lowest projection that has an adapter;
/// - nothing for the adapter, norms, softmax and other elementwise work, which a fast step hides.
package struct StepArithmetic: Sendable {
    private let configuration: ModelConfiguration
    private let lowestLayer: Int
    private let lowestGroup: Int

    /// - Parameter targets: module paths of the projections with an adapter, such as `model.layers.0.mlp.up_proj`.
    package init(_ configuration: ModelConfiguration, targets: [String]) {
        self.configuration = configuration
        let places = targets.compactMap(Self.place)
        lowestLayer = places.map(\.layer).min() ?? configuration.layers
        let layer = lowestLayer
        lowestGroup = places.filter { $0.layer == layer }.map(\.group).min() ?? 0
    }

    /// One training step.
    package func training(_ sequences: [SequenceSize]) -> Double {
        var total = inference(sequences)
        let rows = sequences.reduce(0) { $0 + $1.computed }
        let labelled = sequences.reduce(0) { $0 + $1.labels }
        total += 2 * Double(configuration.vocabularySize * configuration.hiddenSize * labelled)
        for layer in 0..<configuration.layers where layer >= lowestLayer {
            let isLowest = layer == lowestLayer
            for (group, weights) in groupWeights.enumerated() where !isLowest || group > lowestGroup {
                total += 2 * Double(weights) * Double(groupRows(group, layer: layer, rows: rows, labelled: labelled))
            }
            if !isLowest || lowestGroup == 0 { total += 2 * attention(sequences) }
        }
        return total
    }

    /// One forward pass that scores the labels.
    package func inference(_ sequences: [SequenceSize]) -> Double {
        let rows = sequences.reduce(0) { $0 + $1.computed }
        let labelled = sequences.reduce(0) { $0 + $1.labels }
        var total = 2 * Double(configuration.vocabularySize * configuration.hiddenSize * labelled)
        for layer in 0..<configuration.layers {
            for (group, weights) in groupWeights.enumerated() {
                total += 2 * Double(weights) * Double(groupRows(group, layer: layer, rows: rows, labelled: labelled))
            }
            total += attention(sequences)
        }
        return total
    }

    /// Frozen weights that every decoded token reads: all projections and the vocabulary head.
    package var weightsPerDecodedToken: Int {
        configuration.layers * groupWeights.reduce(0, +) + configuration.vocabularySize * configuration.hiddenSize
    }

    /// Weights of one layer's products in the order of the forward pass: q k v, output, gate up, down.
    private var groupWeights: [Int] {
        let queries = configuration.heads * configuration.headDim
        let keys = configuration.keyValueHeads * configuration.headDim
        let hidden = configuration.hiddenSize
        let intermediate = configuration.intermediateSize
        return [hidden * (queries + 2 * keys), queries * hidden, 2 * hidden * intermediate, intermediate * hidden]
    }

    private func groupRows(_ group: Int, layer: Int, rows: Int, labelled: Int) -> Int {
        layer == configuration.layers - 1 && group > 0 ? labelled : rows
    }

    /// Forward of one layer: q·kᵀ and p·v, 2·D operations for each head and each pair of a row with one before it.
    private func attention(_ sequences: [SequenceSize]) -> Double {
        func pairs(_ rows: Int) -> Double { Double(rows * (rows + 1) / 2) }
        let pairs = sequences.reduce(0.0) { $0 + pairs($1.tokens) - pairs($1.shared) }
        return 4 * Double(configuration.heads * configuration.headDim) * pairs
    }

    private static func place(_ target: String) -> (layer: Int, group: Int)? {
        let parts = target.split(separator: ".")
        guard let marker = parts.firstIndex(of: "layers"), let layer = Int(parts[marker + 1]) else { return nil }
        switch parts.last {
        case "q_proj", "k_proj", "v_proj": return (layer, 0)
        case "o_proj": return (layer, 1)
        case "gate_proj", "up_proj": return (layer, 2)
        default: return (layer, 3)
        }
    }
}
