import ModelFiles
import Tensors

/// Where a family reads its frozen weights from: a base on disk, or a base with merged weights laid over it.
package protocol WeightSource {
    var configuration: ModelConfiguration { get }
    /// The shape of a tensor by its Hugging Face name; nil where there is none.
    func shape(of name: String) -> [Int]?
    /// Checks that the tensors are exactly `expected` (name to shape), but for those that are ignored.
    ///
    /// - Throws: an error that lists all that is missing, unexpected or misshapen.
    func verifyComplete(expected: [String: [Int]], ignoring isIgnored: (String) -> Bool) throws
    /// Reads one tensor by its Hugging Face name as float32; vectors as `[1, n]`.
    func read(_ name: String, into matrix: Matrix) throws
    /// A tensor by its Hugging Face name as a file holds it: what a form that is as small as the file is made of.
    ///
    /// - Returns: nil where its numbers lie in no file as rows of blocks, and can only be read.
    /// - Throws: as `read`.
    func blocks(of name: String) throws -> StoredBlocks?
}

extension WeightSource {
    package func blocks(of name: String) throws -> StoredBlocks? { nil }
}

extension BaseModelFiles: WeightSource {
    package func shape(of name: String) -> [Int]? { info(name)?.shape }
}

extension WeightSource {
    /// Checks that the tensors are exactly `expected` (name to shape).
    ///
    /// - Throws: as `verifyComplete(expected:ignoring:)`.
    package func verifyComplete(expected: [String: [Int]]) throws {
        try verifyComplete(expected: expected, ignoring: { _ in false })
    }

    /// One frozen weight of tensors stacked by rows, laid out for its matmuls.
    func frozenWeight(_ names: [(name: String, rows: Int)], columns: Int, dtype: DType) throws -> FrozenWeight {
        let stacked = FrozenWeight.unfrozen(rows: names.reduce(0) { $0 + $1.rows }, columns: columns, dtype: dtype)
        var start = 0
        for (name, rows) in names {
            try read(name, into: stacked.rows(start..<(start + rows)))
            start += rows
        }
        return FrozenWeight(stacked, dtype: dtype)
    }
}
