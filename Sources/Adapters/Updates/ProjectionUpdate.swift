import Transformers

/// What a method puts into one projection's slot.
package protocol ProjectionUpdate: WeightUpdate, ProjectionAdapter {}

extension ProjectionUpdate {
    package func setAttached(_ isAttached: Bool, to slot: any ModuleSlot) {
        guard let slot = slot as? ProjectionSlot else { preconditionFailure("a projection's update and slot") }
        slot.adapter = isAttached ? self : nil
    }
}

/// What a method puts into an embedding's slot.
package protocol EmbeddingUpdate: WeightUpdate, EmbeddingAdapter {}

extension EmbeddingUpdate {
    package func setAttached(_ isAttached: Bool, to slot: any ModuleSlot) {
        guard let slot = slot as? EmbeddingSlot else { preconditionFailure("an embedding's update and slot") }
        slot.adapter = isAttached ? self : nil
    }
}
