import CKernels

extension Kernels {
    /// Forward and backward in one pass over logits `[R, V]`: `losses` `[R, 1]` receives −log p(target) of each row,
    /// and the gradient (softmax − onehot(target))·scale takes the logits' place, or, `narrowed`, that of the first
    /// half of each row, as bfloat16. Returns the gradient.
    ///
    /// - Parameter smoothing: where above 0, loss and gradient are those against (1 − smoothing)·onehot(target) +
    ///   smoothing/V (Szegedy et al. 2016, arXiv 1512.00567), with the arithmetic of PyTorch's `label_smoothing`.
    package static func crossEntropy(
        _ logits: Matrix, targets: ArraySlice<Int32>, scale: Float, narrowed: Bool, losses: Matrix, smoothing: Float = 0
    ) -> Matrix {
        require(targets, of: logits)
        precondition(losses.rows == logits.rows && losses.columns == 1, "cross-entropy's losses")
        KernelClock.measure("cross-entropy") {
            Threads.parallel(
                logits.rows, with: logits, targets, scale, narrowed, losses, smoothing
            ) { rows, logits, targets, scale, narrowed, losses, smoothing in
                let dtype = narrowed ? CK_BFLOAT16 : CK_FLOAT32
                for row in rows {
                    let start = logits.pointer(row: row)
                    let target = targets[targets.startIndex + row]
                    losses[row, 0] =
                        smoothing > 0
                        ? ck_smoothed_cross_entropy(start, logits.columns, target, smoothing, scale, start, dtype)
                        : ck_cross_entropy(start, logits.columns, target, scale, start, dtype)
                }
            }
        }
        return narrowed ? logits.narrowedView : logits
    }

    /// The same with memory of its own for the losses.
    package static func crossEntropy(
        _ logits: Matrix, targets: [Int32], scale: Float, narrowed: Bool = false, smoothing: Float = 0
    ) -> (losses: [Float], gradient: Matrix) {
        let losses = Matrix(rows: logits.rows, columns: 1)
        let gradient = crossEntropy(
            logits, targets: targets[...], scale: scale, narrowed: narrowed, losses: losses, smoothing: smoothing)
        return (losses.values, gradient)
    }

    /// log p(target) of each row of logits `[R, V]`.
    package static func logProbabilities(_ logits: Matrix, targets: [Int32]) -> [Float] {
        require(targets[...], of: logits)
        return [Float](unsafeUninitializedCapacity: logits.rows) { results, count in
            Threads.parallel(logits.rows, with: logits, targets, results) { rows, logits, targets, results in
                for row in rows {
                    let start = logits.pointer(row: row)
                    let probability = start[Int(targets[row])] - ck_log_sum_exp(start, logits.columns)
                    results.initializeElement(at: row, to: probability)
                }
            }
            count = logits.rows
        }
    }

    private static func require(_ targets: ArraySlice<Int32>, of logits: Matrix) {
        precondition(targets.count == logits.rows, "\(targets.count) targets for \(logits.rows) rows of logits")
        for target in targets {
            precondition(target >= 0 && target < logits.columns, "target \(target) of \(logits.columns) logits")
        }
    }
}
