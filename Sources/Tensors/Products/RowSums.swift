/// sum `[1, n]` += Σ_t x, with x `[T, n]`: the gradient of what is added to every row, as a product with a row of ones.
package func accumulateRowSums(_ x: Matrix, into sum: Matrix, scratch: Arena) {
    let ones = scratch.matrix(x.rows, 1)
    ones.fill(1)
    multiply(.transposed(ones), .plain(x), into: sum, accumulate: true, scratch: scratch)
}
