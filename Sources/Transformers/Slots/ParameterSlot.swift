import Tensors

/// A tensor of the base, and the place where its gradient goes while it is trained. While that is empty the tensor is
/// frozen, and nothing is computed for it.
package final class ParameterSlot {
    /// What the tensor is to its module.
    package enum Kind: Sendable {
        case weight, embedding, bias, norm
    }

    /// How a checkpoint stores what the model computes with.
    package enum StoredForm: Sendable {
        case same
        /// GPT-2's `Conv1D`, `[in, out]`.
        case transposed
        /// Gemma's norms, w − 1.
        case minusOne
    }

    /// Path in transformers' model, such as `model.layers.0.self_attn.q_proj.weight`.
    package let name: String
    /// Name in the checkpoint, which may leave out the first part, or be that of an older version of transformers.
    package let storedName: String
    /// Shape in the checkpoint.
    package let shape: [Int]
    package let kind: Kind
    package let form: StoredForm
    /// As the model computes with it, of float32, in the model's own memory: whoever writes to it changes the model.
    package let value: Matrix
    /// ∂L/∂value, of its shape, which backward accumulates; nil while the tensor is frozen.
    package private(set) var gradient: Matrix?
    /// Whether the values may be others than those of the checkpoint: what was computed of them once is computed anew.
    package private(set) var isLive = false

    package var isTrained: Bool { gradient != nil }

    package init(
        name: String, storedName: String, shape: [Int], kind: Kind, form: StoredForm = .same, value: Matrix
    ) {
        self.name = name
        self.storedName = storedName
        self.shape = shape
        self.kind = kind
        self.form = form
        self.value = value
    }

    /// The same tensor where the model computes with another copy of its values, which it then is.
    func sharing(_ value: Matrix) -> ParameterSlot {
        ParameterSlot(name: name, storedName: storedName, shape: shape, kind: kind, form: form, value: value)
    }

    /// Path of the module that the tensor belongs to.
    package var module: String { Self.module(of: name) }

    /// What checkpoints call that module, and older versions of transformers did, where it is no end of the path.
    package var formerModule: String? {
        let former = Self.module(of: storedName)
        return module == former || module.hasSuffix("." + former) ? nil : former
    }

    private static func module(of name: String) -> String {
        name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    }

    /// Has the gradient accumulated in a matrix of the value's shape from now on, or the tensor frozen where nil.
    package func train(into gradient: Matrix?) {
        if let gradient {
            precondition(
                gradient.rows == value.rows && gradient.columns == value.columns, "the shape of a tensor's gradient")
            isLive = true
        }
        self.gradient = gradient
    }

    /// Replaces the values by those that `source` stores, under the tensor's stored name or its whole one.
    ///
    /// - Throws: as reading it.
    package func load(_ source: any WeightSource) throws {
        let name = source.shape(of: storedName) == nil ? name : storedName
        try load { try source.read(name, into: $0) }
    }

    /// Replaces the values by those that a file stores.
    ///
    /// - Parameter read: fills a matrix of the tensor's rows and columns in the file.
    /// - Throws: as `read`.
    package func load(_ read: (Matrix) throws -> Void) throws {
        isLive = true
        try take(read, into: value)
    }

    /// Reads the values that the base has into a matrix of their shape.
    ///
    /// - Throws: as reading them.
    package func read(_ base: any WeightSource, into value: Matrix) throws {
        try take({ try base.read(storedName, into: $0) }, into: value)
    }

    private func take(_ read: (Matrix) throws -> Void, into value: Matrix) throws {
        switch form {
        case .same where value.rows == 1 || shape.count > 1:
            try read(value)
        case .same, .transposed:
            // A vector that lies in several places, or a matrix that lies otherwise.
            let isVector = shape.count == 1
            let stored =
                isVector ? Matrix(rows: 1, columns: shape[0]) : Matrix(rows: value.columns, columns: value.rows)
            try read(stored)
            if isVector { value.copy(from: stored.block(whole)) } else { Kernels.transpose(stored, into: value) }
        case .minusOne:
            try read(value)
            add(1, to: value)
        }
    }

    /// All of a contiguous row as a matrix of the value's shape.
    private var whole: RowBlock {
        RowBlock(start: 0, rows: value.rows, columns: value.columns, stride: value.columns)
    }

    /// The values as a checkpoint stores them: themselves, or a copy.
    package var stored: Matrix { stored(value) }

    /// A matrix of the value's shape, such as its gradient, as a checkpoint stores the tensor. Of a norm whose factor is
    /// stored as w − 1, the last bit of what was never trained may be another, as w is rounded.
    package func stored(_ value: Matrix) -> Matrix {
        switch form {
        case .same where shape.count == 1 && value.rows > 1:
            let row = Matrix(rows: 1, columns: shape[0])
            row.block(whole).copy(from: value)
            return row
        case .same: return value
        case .transposed:
            let stored = Matrix(rows: value.columns, columns: value.rows)
            Kernels.transpose(value, into: stored)
            return stored
        case .minusOne:
            let stored = Matrix(rows: value.rows, columns: value.columns)
            stored.copy(from: value)
            add(-1, to: stored)
            return stored
        }
    }

    private func add(_ number: Float, to matrix: Matrix) {
        for row in 0..<matrix.rows {
            matrix.withRow(row) { row in
                for index in row.indices { row[index] += number }
            }
        }
    }
}

extension [ParameterSlot] {
    /// Each tensor once, in the order in which it is first met: a tied head is the embedding's.
    var withoutRepetition: [ParameterSlot] {
        var seen = Set<ObjectIdentifier>()
        return filter { seen.insert(ObjectIdentifier($0)).inserted }
    }
}

extension ParameterSlot {
    /// Row `rows[i]` of the gradient gains row i of scale·dx, where the tensor is a table that is trained.
    ///
    /// - Parameter padding: a row that PyTorch's `nn.Embedding(padding_idx=…)` leaves as it is.
    func accumulate(
        _ dx: Matrix, rows: [Int32], scale: Float = 1, padding: Int32? = nil, scratch: Arena
    ) {
        guard let gradient else { return }
        guard scale != 1 || padding.map(rows.contains) == true else {
            return Kernels.scatterAddRows(dx, rows: rows, into: gradient)
        }
        let scaled = scratch.matrix(dx.rows, dx.columns)
        scaled.copy(from: dx)
        Kernels.scale(scaled, by: scale)
        for (index, row) in rows.enumerated() where row == padding { scaled.rows(index..<(index + 1)).clear() }
        Kernels.scatterAddRows(scaled, rows: rows, into: gradient)
    }
}
