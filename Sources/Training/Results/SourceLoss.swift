/// The training loss of one of several sources, over all steps that were made.
package struct SourceLoss: Sendable, Equatable {
    /// Labels that carried the loss, each as often as it did.
    package var labels = 0
    /// Σ of their losses, each as it was in its own step.
    package var total = 0.0

    package init() {}

    /// The mean over the labels; nil before there was one.
    package var mean: Double? { labels > 0 ? total / Double(labels) : nil }
}
