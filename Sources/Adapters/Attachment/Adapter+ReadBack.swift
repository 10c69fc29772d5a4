import Tensors
import Transformers

extension Adapter {
    /// Takes what full fine-tuning published in the place of what it trained: while the adapter is disabled, the base
    /// answers from then on.
    ///
    /// - Parameter published: the model's files.
    /// - Throws: as reading them, or the base; `AdaptersError.notFinite`.
    package func readBack(_ published: any WeightSource, base: any WeightSource) throws {
        guard let update = update as? FullUpdate else { preconditionFailure("full fine-tuning's update") }
        try update.tensors.readBack(published, base: base)
        for linear in head?.trained ?? [] {
            try published.read("\(linear.name).weight", into: linear.weight.value)
            if let bias = linear.bias { try published.read("\(linear.name).bias", into: bias.value) }
        }
        try checkFinite(advice: "Train it again, at a lower rate.")
    }
}
