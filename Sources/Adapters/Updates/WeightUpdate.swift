import Tensors
import Transformers

/// What a method puts into one module's slot. It owns its tensors, and is all that merging, files and analysis know of the
/// method.
package protocol WeightUpdate: AnyObject {
    /// Takes a slot of its kind, or leaves it empty.
    func setAttached(_ isAttached: Bool, to slot: any ModuleSlot)

    /// The trainable tensors in a fixed order, and what PEFT calls each after the module's path.
    var tensors: [(suffix: String, parameter: Parameter)] { get }

    /// Sets what training starts from, with which the model answers as without an adapter.
    ///
    /// - Parameters:
    ///   - random: the module's own stream.
    /// - Throws: `AdaptersError.notFinite` where it begins as a part of a weight that has none.
    func initialise(_ random: Philox) throws

    /// What training begins with and leaves as it is, by name: a checkpoint holds it, because another CPU may compute
    /// other last bits.
    var constants: [(name: String, matrix: Matrix)] { get }

    /// The tensors as they are published.
    var published: [(name: String, matrix: Matrix, shape: [Int])] { get }

    /// Whether the tensors differ from those of a module that was never trained in what they do.
    var changesOutput: Bool { get }

    /// Turns the base's weight W into the merged one.
    ///
    /// - Parameters:
    ///   - weight: W as the checkpoint stores it, of float32.
    ///   - isTransposed: whether that is `[in, out]`.
    func merge(into weight: Matrix, isTransposed: Bool)

    /// Whether merging changes the module's weight, and its own bias.
    var changesWeight: Bool { get }
    var changesBias: Bool { get }

    /// Turns the base's bias `[1, out]` into the merged one.
    func merge(intoBias bias: Matrix)

    /// What was learned, beside the base's weight.
    ///
    /// - Parameter weight: W as the checkpoint stores it; may be changed.
    func spectrum(weight: Matrix, isTransposed: Bool) -> (singularValues: [Double], norm: Double)

    /// The update as a pair, W' = W + scaling · B·A; nil where it is none.
    var lowRankPair: LowRankPair? { get }
}

extension WeightUpdate {
    package var parameters: [Parameter] { tensors.map(\.parameter) }
    package var constants: [(name: String, matrix: Matrix)] { [] }
    package var published: [(name: String, matrix: Matrix, shape: [Int])] {
        parameters.map { ($0.name, $0.value, $0.shape) }
    }
    package var changesWeight: Bool { true }
    package var changesBias: Bool { false }
    package func merge(intoBias bias: Matrix) {}
}

/// W' = W + scaling · B·A.
package struct LowRankPair {
    /// `[r, in]`
    package let a: Matrix
    /// `[out, r]`
    package let b: Matrix
    package let scaling: Float

    /// W += scaling · B·A, where W is stored as the checkpoint has it: the update transposes with it.
    func add(to weight: Matrix, isTransposed: Bool) {
        if isTransposed {
            multiply(.transposed(a), .transposed(b), into: weight, scale: scaling, accumulate: true)
        } else {
            multiply(.plain(b), .plain(a), into: weight, scale: scaling, accumulate: true)
        }
    }
}
