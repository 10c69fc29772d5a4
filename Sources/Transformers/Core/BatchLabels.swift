/// What the labelled rows of a batch must be predicted to be: classes (or tokens), or values to regress on.
package struct BatchLabels: Sendable, Equatable {
    /// One a row; empty where rows have values.
    package var classes: [Int32] = []
    /// One a row; empty where rows have classes.
    package var values: [Float] = []
    /// Labels of the step before this batch's, so that a head's dropout does not depend on how a step is cut.
    package var first = 0

    package init(classes: [Int32] = [], values: [Float] = [], first: Int = 0) {
        self.classes = classes
        self.values = values
        self.first = first
    }
}
