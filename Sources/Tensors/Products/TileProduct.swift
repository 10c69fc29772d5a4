import COpenBLAS

/// A tile as a factor of a product: as it lies, or transposed.
struct TileOperand {
    let tile: Tile
    let isTransposed: Bool
}

extension Tile {
    var plain: TileOperand { TileOperand(tile: self, isTransposed: false) }
    var transposed: TileOperand { TileOperand(tile: self, isTransposed: true) }

    /// self (+)= scale · a · b, by OpenBLAS on the calling thread.
    func assign(_ a: TileOperand, _ b: TileOperand, scale: Float = 1, accumulate: Bool = false) {
        let inner = a.isTransposed ? a.tile.rows : a.tile.columns
        cblas_sgemm(
            CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans, b.isTransposed ? CblasTrans : CblasNoTrans,
            blasint(rows), blasint(columns), blasint(inner), scale, a.tile.start, blasint(a.tile.stride),
            b.tile.start, blasint(b.tile.stride), accumulate ? 1 : 0, start, blasint(stride))
    }
}
