import Tensors

/// The embeddings E `[2k, d]` of distances, the same in every layer: the checkpoint's table in the order of
/// `RelativePositions`, the reverse of its own, each row normalised where there is a norm.
package final class RelativeEmbeddings {
    private let read: () throws -> ParameterSlot
    private let norm: (any Norm)?
    /// For each row of E its row in the table.
    private let reversed: [Int32]
    private let current: Matrix
    private let statistics: Matrix?
    /// The table itself, from `unfreeze` on.
    private var table: ParameterSlot?
    /// Of the norm, and from `unfreeze` on the table.
    private(set) var parameterSlots: [ParameterSlot]

    /// - Parameter read: reads the table `[2k, d]`, now and when it is to be trained.
    /// - Throws: as `read`.
    package init(norm: (any Norm)?, reading read: @escaping () throws -> ParameterSlot) throws {
        let table = try read().value
        self.read = read
        self.norm = norm
        parameterSlots = norm.parameterSlots
        reversed = (0..<Int32(table.rows)).reversed()
        current = Matrix(rows: table.rows, columns: table.columns)
        statistics = norm.map { Matrix(rows: table.rows, columns: $0.statisticsCount) }
        compute(of: table, scratch: Arena(reservingBytes: MachineInfo.physicalMemoryBytes))
    }

    var count: Int { current.rows }
    var isTrained: Bool { parameterSlots.contains { $0.isTrained } }
    /// Whether E may be another than when it was loaded.
    var isLive: Bool { parameterSlots.contains { $0.isLive } }

    func unfreeze() throws {
        guard table == nil else { return }
        let read = try read()
        table = read
        parameterSlots.insert(read, at: 0)
    }

    /// Of E, as computed last.
    func rows(_ used: Range<Int>) -> Matrix { current.rows(used) }

    /// Computes E anew where it may have changed.
    func refresh(pass: Pass) {
        guard isLive, let table else { return }
        compute(of: table.value, scratch: pass.scratch)
    }

    /// Accumulates the gradients of table and norm from dE `[used, d]`.
    func backward(_ dRows: Matrix, used: Range<Int>, pass: Pass) {
        guard let table else { return }
        pass.withScratch { scratch in
            let rows = Array(reversed[used])
            var gradient = dRows
            if let norm, let statistics {
                let x = scratch.matrix(used.count, current.columns)
                Kernels.gatherRows(table.value, rows: rows, into: x)
                gradient = scratch.matrix(used.count, current.columns)
                Kernels.clear(gradient)
                norm.backward(dRows, x: x, statistics: statistics.rows(used), into: gradient)
            }
            if let sum = table.gradient { Kernels.scatterAddRows(gradient, rows: rows, into: sum) }
        }
    }

    private func compute(of table: Matrix, scratch: Arena) {
        guard let norm, let statistics else {
            return Kernels.gatherRows(table, rows: reversed, into: current)
        }
        let mark = scratch.mark()
        defer { scratch.release(to: mark) }
        let x = scratch.matrix(current.rows, current.columns)
        Kernels.gatherRows(table, rows: reversed, into: x)
        norm.forward(x, into: current, statistics: statistics)
    }
}
