import CKernels

extension Kernels {
    /// Forward and backward in one pass over logits `[R, V]`: returns −log p(target) of each row, and puts the gradient
    /// (softmax − onehot(target))·scale in the logits' place, or, `narrowed`, as bfloat16 in the first half of each row.
    package static func crossEntropy(
        _ logits: Matrix, targets: [Int32], scale: Float, narrowed: Bool = false
    ) -> (losses: [Float], gradient: Matrix) {
        let losses = KernelClock.measure("cross-entropy") {
            forEachRow(of: logits, targets) { row, target in
                ck_cross_entropy(row, logits.columns, target, scale, row, narrowed ? 1 : 0)
            }
        }
        return (losses, narrowed ? logits.narrowedView : logits)
    }

    /// log p(target) of each row of logits `[R, V]`.
    package static func logProbabilities(_ logits: Matrix, targets: [Int32]) -> [Float] {
        forEachRow(of: logits, targets) { row, target in
            row[Int(target)] - ck_log_sum_exp(row, logits.columns)
        }
    }

    /// One number for each row of logits, rows shared among the threads.
    private static func forEachRow(
        of logits: Matrix, _ targets: [Int32], _ body: (UnsafeMutablePointer<Float>, Int32) -> Float
    ) -> [Float] {
        precondition(targets.count == logits.rows, "\(targets.count) targets for \(logits.rows) rows of logits")
        for target in targets {
            precondition(target >= 0 && target < logits.columns, "target \(target) of \(logits.columns) logits")
        }
        return [Float](unsafeUninitializedCapacity: logits.rows) { results, count in
            let base = results.baseAddress
            Threads.parallel(logits.rows) { rows in
                guard let base else { return }
                for row in rows { (base + row).initialize(to: body(logits.pointer(row: row), targets[row])) }
            }
            count = logits.rows
        }
    }
}
