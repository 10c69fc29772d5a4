import Tensors

/// What a method does at each step of a training beside the update of its parameters.
package protocol TrainingCompanion: AnyObject {
    /// What changes from step to step beside the parameters, by name: checkpoints hold it.
    var state: [(name: String, matrix: Matrix)] { get }

    /// Accumulates the gradients of a loss beside that of the rows, and returns that loss.
    func regularise() -> Double

    /// Hears that the parameters were updated, their gradients still there.
    ///
    /// - Parameter step: from 1.
    func updated(step: Int)
}
