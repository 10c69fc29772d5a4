import ModelFiles
import Tensors
import Transformers

/// What a method does elsewhere than in projections' slots: before the tokens, before keys and values, or behind
/// sublayers. It owns its tensors, and is all that files and resources know of the method.
package protocol ModelUpdate: AnyObject {
    /// The trainable tensors in a fixed order, under the names of their file.
    var parameters: [Parameter] { get }

    /// Members of adapter_config.json that follow from the model, as JSON.
    var members: [(key: String, value: String)] { get }

    /// Whether nothing stands in the slots.
    var slotsAreFree: Bool { get }

    /// Whether it differs from an update that was never trained in what it does, as far as the tensors tell.
    var changesOutput: Bool { get }

    /// What it stands in, in words, such as `4 sublayers`.
    var placeText: String { get }

    /// Sets what training starts from.
    ///
    /// - Parameter random: the update's own stream.
    func initialise(_ random: Philox)

    /// Takes the slots, or leaves them empty.
    func setEnabled(_ enabled: Bool)

    /// The base's tensors that it has changed, as a checkpoint stores them; empty where it stands beside them.
    var entries: [TensorEntry] { get }

    /// What was learned of them, beside the base's.
    ///
    /// - Parameter progress: told how many of how many are done.
    /// - Throws: as reading the base.
    func changes(base: any WeightSource, progress: (Int, Int) -> Void) throws -> [UpdateSpectrum]
}

extension ModelUpdate {
    package var entries: [TensorEntry] { [] }
    package func changes(base: any WeightSource, progress: (Int, Int) -> Void) throws -> [UpdateSpectrum] { [] }
}
