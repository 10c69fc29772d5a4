import Tensors

/// One pass through the model: what it is for, and where its matrices are allocated.
package struct Pass {
    /// Whether anything is saved for a backward pass, and which dropout masks apply.
    package enum Mode: Equatable, Sendable {
        case inference
        /// Of one sequence, a token at a time: a single row has no neighbours in any batch, and is computed by kernels of
        /// its own, which sum in another order.
        case decoding
        /// `firstRow` is the batch's first row within the step.
        case training(step: UInt64, firstRow: Int)
    }

    package let mode: Mode
    /// Holds what backward needs; grows with the layers.
    package let saved: Arena
    /// Holds what dies inside a layer.
    package let scratch: Arena
    /// Whether backward may keep its own copy of packed weights, see `FrozenWeight.backward`.
    package let keepsPanels: Bool
    /// Of training; inference has none.
    package let regularisation: Regularisation
    /// Hears the loss of each label of a training step; nil where nobody asks.
    package let labelLosses: LabelLosses?

    package init(
        mode: Mode, saved: Arena, scratch: Arena, keepsPanels: Bool = true, regularisation: Regularisation = .none,
        labelLosses: LabelLosses? = nil
    ) {
        self.mode = mode
        self.labelLosses = labelLosses
        self.regularisation = regularisation
        self.saved = saved
        self.scratch = scratch
        self.keepsPanels = keepsPanels
    }

    package var isTraining: Bool {
        if case .training = mode { true } else { false }
    }
    package var isDecoding: Bool { mode == .decoding }

    /// The same pass over rows of which the first is this one within the step: a dropout mask belongs to a row's place.
    package func beginning(at firstRow: Int) -> Pass {
        guard case .training(let step, _) = mode else { return self }
        return Pass(
            mode: .training(step: step, firstRow: firstRow), saved: saved, scratch: scratch, keepsPanels: keepsPanels,
            regularisation: regularisation, labelLosses: labelLosses)
    }

    /// Runs `body` and gives back what it took from `scratch`.
    package func withScratch<Result>(_ body: (Arena) throws -> Result) rethrows -> Result {
        let mark = scratch.mark()
        defer { scratch.release(to: mark) }
        return try body(scratch)
    }
}

/// How the rows of a packed matrix divide into sequences, computed once a batch.
package struct SequenceLayout: Equatable {
    /// Position of each row within its sequence.
    package let positions: [Int32]
    package let spans: [AttentionSpan]
    /// Which part of a pair each row belongs to; nil where all belong to the first.
    package let tokenTypes: [Int32]?
    /// The rows whose keys and values each span's key range names, where sequences share rows; nil where keys lie as
    /// the rows do.
    package let keyRows: [Int32]?
    /// Rows of an adapter's own that stand before the keys and values of all others, so that the first of `keyRows` name
    /// them; see `RowSlot`.
    package let prefixRows: Int

    package init(
        positions: [Int32], spans: [AttentionSpan], tokenTypes: [Int32]? = nil, keyRows: [Int32]? = nil,
        prefixRows: Int = 0
    ) {
        self.prefixRows = prefixRows
        self.positions = positions
        self.spans = spans
        self.tokenTypes = tokenTypes
        self.keyRows = keyRows
    }

    package init(_ batch: PackedBatch) {
        self = PackedRows(batch).layout
    }
}
