import ModelFiles
import Tensors

/// What a training run changes of a model: an adapter, with a classification head where there is one.
package protocol Trainable: AnyObject {
    /// Everything that is trained, in a fixed order.
    var parameters: [Parameter] { get }
    /// What training begins with and leaves as it is, where that is not a function of the seed alone, by name.
    /// Checkpoints hold it.
    var constants: [(name: String, matrix: Matrix)] { get }
    /// What changes from step to step beside the parameters, by name. Checkpoints hold it.
    var state: [(name: String, matrix: Matrix)] { get }
    /// Accumulates the gradients of a loss beside that of a step's rows, and returns that loss.
    func regularise() -> Double
    /// Hears that the parameters were updated, their gradients still there; steps count from 1.
    func updated(step: Int)
    /// The settings that decide a training's course, as text. Checkpoints hold its hash, so that the text of settings that
    /// there are stays as it is when there are more.
    var fingerprint: String { get }
    /// While disabled, the model answers as before training.
    func setEnabled(_ enabled: Bool)
    /// Checks that training left something that is worth publishing.
    ///
    /// - Throws: an outcome where it did not.
    func checkMeaningful() throws
    /// Writes what was trained into an existing folder.
    ///
    /// - Parameters:
    ///   - baseModel: where the base lies, as the files name it.
    ///   - labels: names of the classes, where the model has a head for them.
    func save(folder: String, identity: BaseIdentity, baseModel: String, labels: [String]?) throws
}

extension Trainable {
    package var state: [(name: String, matrix: Matrix)] { [] }
    package func regularise() -> Double { 0 }
    package func updated(step: Int) {}
}
