import Tensors
import Transformers

/// A copy of what is trained, as it was at the best validation so far. A checkpoint holds it, so that a resumed
/// run ends with the same values.
final class BestValues {
    private let parameters: [Parameter]
    private let values: [Matrix]

    init(_ parameters: [Parameter]) {
        self.parameters = parameters
        values = parameters.map { Matrix(rows: $0.value.rows, columns: $0.value.columns) }
    }

    /// Bytes of the copy of so many elements.
    static func bytes(elements: Int) -> Int { DType.float32.bytes * elements }

    /// The copy by name, as a checkpoint keeps it; zeros before the first validation.
    var state: [(name: String, matrix: Matrix)] {
        zip(parameters, values).map { ($0.name + ".best", $1) }
    }

    /// Takes what is trained as the best.
    func take() {
        for (parameter, value) in zip(parameters, values) { value.copy(from: parameter.value) }
    }

    /// Puts the best back into what is trained.
    func restore() {
        for (parameter, value) in zip(parameters, values) { parameter.value.copy(from: value) }
    }
}
