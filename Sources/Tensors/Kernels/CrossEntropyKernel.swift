import CKernels

extension Kernels {
    /// Forward and backward in one pass over logits `[R, V]`, which become (softmax − onehot(target))·scale; appends
    /// −log p(target) of each row to `losses`.
    package static func crossEntropy(
        _ logits: Matrix, targets: [Int32], scale: Float, losses: inout [Float]
    ) {
        precondition(targets.count == logits.rows)
        let result = Matrix(rows: 1, columns: max(1, logits.rows))
        Threads.parallel(logits.rows) { rows in
            for row in rows {
                result.start[row] = ck_cross_entropy(logits.pointer(row: row), logits.columns, targets[row], scale)
            }
        }
        losses += result.values.prefix(logits.rows)
    }

    /// log p(target) of each row of logits `[R, V]`.
    package static func logProbabilities(_ logits: Matrix, targets: [Int32]) -> [Float] {
        precondition(targets.count == logits.rows)
        let result = Matrix(rows: 1, columns: max(1, logits.rows))
        Threads.parallel(logits.rows) { rows in
            for row in rows {
                let logit = logits[row, Int(targets[row])]
                result.start[row] = logit - ck_log_sum_exp(logits.pointer(row: row), logits.columns)
            }
        }
        return Array(result.values.prefix(logits.rows))
    }
}
