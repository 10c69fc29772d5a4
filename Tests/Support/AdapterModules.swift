import Adapters
import Transformers

extension Adapter.Module {
    /// `[r, in]`, of a method that has it.
    package var a: Parameter { parameter("lora_A.weight") }
    /// `[out, r]`, of a method that has it.
    package var b: Parameter { parameter("lora_B.weight") }

    /// The module's tensor by PEFT's suffix; stops the test program where the method has none.
    package func parameter(_ suffix: String) -> Parameter {
        guard let found = update.tensors.first(where: { $0.suffix == suffix }) else {
            preconditionFailure("the module has no tensor \(suffix)")
        }
        return found.parameter
    }
}
