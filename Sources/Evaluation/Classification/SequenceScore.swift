import Datasets

/// What one model makes of one row that is classified or regressed on.
package struct SequenceScore: Equatable, Sendable {
    /// −log p of the row's class in nats, or the squared error of its value.
    package let loss: Double
    /// The row's class, or value.
    let target: SequenceTarget
    /// The likeliest class; of a regression 0.
    let label: Int
    /// p of the likeliest class.
    let confidence: Double
    /// The value of a regression.
    let value: Double

    init(_ prediction: Prediction, target: SequenceTarget) {
        let outputs = prediction.logits.map(Double.init)
        self.target = target
        label = prediction.label
        value = outputs[0]
        switch target {
        case .label(let own):
            let normalizer = Metrics.logSumExp(outputs)
            loss = normalizer - outputs[own]
            confidence = Metrics.softmax(outputs)[label]
        case .value(let own):
            loss = (value - Double(own)) * (value - Double(own))
            confidence = 1
        }
    }

    var ownLabel: Int? { if case .label(let own) = target { own } else { nil } }
    var ownValue: Double? { if case .value(let own) = target { Double(own) } else { nil } }
}
