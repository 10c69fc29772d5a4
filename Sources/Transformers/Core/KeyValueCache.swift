import Tensors

/// Rotated keys and values of one layer for the positions seen so far.
package final class LayerCache {
    private let keys: Matrix
    private let values: Matrix
    private var count = 0

    init(capacity: Int, columns: Int, dtype: DType) {
        keys = Matrix(rows: capacity, columns: columns, dtype: dtype)
        values = Matrix(rows: capacity, columns: columns, dtype: dtype)
    }

    func clear() { count = 0 }

    var isEmpty: Bool { count == 0 }

    /// Appends k and v `[n, groups·D]` and returns views of all that is held.
    func append(keys k: Matrix, values v: Matrix) -> (keys: Matrix, values: Matrix) {
        let new = count..<(count + k.rows)
        keys.rows(new).copy(from: k)
        values.rows(new).copy(from: v)
        count = new.upperBound
        return (keys.rows(0..<count), values.rows(0..<count))
    }
}

/// What a decoder remembers of one sequence, so that each new token costs one row.
package final class KeyValueCache {
    package let capacity: Int
    /// Positions held, those of an adapter's own rows among them.
    package internal(set) var count = 0
    /// All tokens that were fed, from the first.
    var tokens: [Int32] = []
    let layers: [LayerCache]

    init(capacity: Int, layers: Int, columns: Int, dtype: DType) {
        self.capacity = capacity
        self.layers = (0..<layers).map { _ in LayerCache(capacity: capacity, columns: columns, dtype: dtype) }
    }

    /// Forgets all keys and values; the tokens stay.
    func clear() {
        count = 0
        for layer in layers { layer.clear() }
    }
}
