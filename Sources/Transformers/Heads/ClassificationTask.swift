/// What a sequence is to be classified as, or that a number is to be predicted.
package struct ClassificationTask: Sendable, Equatable {
    /// Rows of the head: classes, or 1 for a regression.
    package let outputs: Int
    /// Whether the one output is a value; else the outputs are the logits of classes.
    package let isRegression: Bool
    /// A fresh head and its dropout are a function of it alone.
    package let seed: UInt64

    /// - Parameter classes: nil for a regression.
    package init(classes: Int?, seed: UInt64) {
        outputs = classes ?? 1
        isRegression = classes == nil
        self.seed = seed
    }
}
