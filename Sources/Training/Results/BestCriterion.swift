/// A figure that tells a better state of training from a worse one. Whoever runs the training measures it.
package struct BestCriterion: Sendable, Equatable {
    /// Names the figure and what it is measured on: runs that differ in it do not go on from one another's checkpoints.
    package let name: String
    package let higherIsBetter: Bool

    package init(name: String, higherIsBetter: Bool) {
        (self.name, self.higherIsBetter) = (name, higherIsBetter)
    }
}
