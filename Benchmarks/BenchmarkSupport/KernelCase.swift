import Tensors

/// One kernel on data of one size, and what bounds it.
package struct KernelCase: Sendable {
    /// What no implementation can do without.
    package enum Bound: Sendable {
        /// Bytes to and from memory.
        case bytes(Double)
        /// Floating-point operations in products of this dtype.
        case operations(Double, DType)
    }

    package let name: String
    package let bound: Bound
    /// Allocates the data and returns the kernel's call.
    package let prepare: @Sendable () -> () -> Void

    init(_ name: String, _ bound: Bound, prepare: @escaping @Sendable () -> () -> Void) {
        self.name = name
        self.bound = bound
        self.prepare = prepare
    }

    /// Seconds that the bound allows, or nil where its ceiling was not measured.
    package func boundSeconds(_ ceilings: Ceilings) -> Double? {
        switch bound {
        case .bytes(let bytes): bytes / (ceilings.readGigabytesPerSecond * 1e9)
        case .operations(let operations, let dtype):
            ceilings.best[dtype.rawValue].map { operations / ($0.gigaflopPerSecond * 1e9) }
        }
    }

    /// Every kernel of a training step on SmolLM2-135M's sizes, products in every dtype that the engine has.
    package static var all: [KernelCase] {
        let dtypes = ["float32", "bfloat16"].compactMap(DType.init(rawValue:))
        return ElementwiseCases.all + SkinnyCases.all + dtypes.flatMap(AttentionCases.all)
            + dtypes.flatMap(ProductCases.all)
    }
}

/// SmolLM2-135M's sizes.
enum CaseSize {
    static let hidden = 576
    static let intermediate = 1536
    static let keys = 192
    static let headDim = 64
    static let vocabulary = 49152
    /// Rows of the elementwise kernels: their matrices fit no cache, so that memory is their bound.
    static let rows = 65_536
    static let rank = 8

    /// Values around zero that are cheap to make.
    static func matrix(_ rows: Int, _ columns: Int, _ dtype: DType = .float32) -> Matrix {
        let matrix = Matrix(rows: rows, columns: columns)
        for row in 0..<rows {
            matrix.withRow(row) { values in
                for column in values.indices { values[column] = Float((row + 3 * column) % 17 - 8) / 64 }
            }
        }
        guard dtype != .float32 else { return matrix }
        let narrow = Matrix(rows: rows, columns: columns, dtype: dtype)
        narrow.copy(from: matrix)
        return narrow
    }

    static func bytes(_ matrices: Int, _ rows: Int, _ columns: Int) -> KernelCase.Bound {
        .bytes(4 * Double(matrices) * Double(rows) * Double(columns))
    }
}
