import Datasets
import Foundation

/// What a model predicts of one text.
package struct Prediction: Equatable, Sendable {
    /// The head's outputs.
    package let logits: [Float]

    package init(_ logits: [Float]) { self.logits = logits }

    /// The likeliest class, by its place in the list of labels; the first wins a tie.
    package var label: Int { argmax(logits) ?? 0 }

    /// The class's name, or the value as people read it.
    package func text(_ labels: SequenceLabels) -> String {
        switch labels {
        case .classes(let names): names[label]
        case .regression: String(format: "%.2f", Double(logits[0]))
        }
    }
}
