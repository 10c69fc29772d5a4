import Tensors
import Transformers

/// What an adapter will take of memory, known before it is made.
package struct AdapterDemand: Sendable, Equatable {
    /// Trainable elements, the classification head's among them.
    package let elements: Int
    /// Of them, those whose values lie in the base's own memory.
    package let elementsInPlace: Int
    /// Bytes of what stays as training began.
    package let constantBytes: Int
    /// Bytes that the modules hold of every token of a batch for the backward pass.
    package let bytesPerToken: Int
    /// Rows that are computed before the tokens of every sequence.
    package let promptRows: Int
    /// Most bytes that the beginning of a module, or the analysis of its trained update, takes beside the adapter.
    package let analysisBytes: Int

    /// Bytes of the head that merged weights have beside their embedding, where the base has one table for both.
    package let partedHeadBytes: Int

    /// Of an adapter that is to be attached to `model`.
    ///
    /// - Throws: `AdaptersError.unknownTarget`; `.unsupported` where the model has no slots for the method.
    package init(_ configuration: AdapterConfiguration, on model: LanguageModel) throws {
        let demands: [ModuleDemand]
        var (whole, parted) = (0, 0)
        switch configuration.method.attachment {
        case .projections(let demand, _):
            let places = try configuration.places(on: model)
            demands = try places.map { place in
                guard !place.slot.isProjection else { return demand(place) }
                return try configuration.method.embeddings(of: place.slot).demand(place)
            }
            whole = try TrainedModules.elements(configuration, adapted: Set(places.map(\.slot.name)), on: model)
            let isClassifier = model.classifier != nil
            parted = PartedHead(places.map(\.slot), of: model.configuration, isClassifier: isClassifier)?.elements ?? 0
        case .model(let demand, _):
            demands = [try demand(configuration, model)]
        }
        let head = (model.classifier?.parameters ?? []).reduce(0) { $0 + $1.value.rows * $1.value.columns }
        elements = head + whole + demands.reduce(0) { $0 + $1.elements }
        elementsInPlace = demands.reduce(0) { $0 + $1.elementsInPlace }
        constantBytes = DType.float32.bytes * demands.reduce(0) { $0 + $1.constants }
        // What all keep, and what one module at a time holds.
        let held = demands.map(\.scratchCount).max() ?? 0
        bytesPerToken = DType.float32.bytes * (demands.reduce(held) { $0 + $1.savedCount })
        partedHeadBytes = DType.float32.bytes * parted
        promptRows = demands.map(\.promptRows).max() ?? 0
        analysisBytes = demands.map(\.analysisBytes).max() ?? 0
    }
}
