import CKernels

/// How attention is cut into tiles that stay in a core's cache.
///
/// The query heads that share a key head (grouped queries) are taken together: their queries are stacked, row i being
/// query i / group of head i % group, so that one product serves them all and dk and dv sum over them by themselves.
struct AttentionShape {
    let headDim: Int
    /// Key heads.
    let groups: Int
    /// Query heads a key head.
    let group: Int
    /// What computes the products.
    let backend: ProductBackend

    init(q: Matrix, k: Matrix, headDim: Int, backend: ProductBackend) {
        precondition(headDim > 0 && k.columns % headDim == 0 && q.columns % k.columns == 0, "attention head shapes")
        self.headDim = headDim
        self.backend = backend
        groups = k.columns / headDim
        group = q.columns / k.columns
    }

    /// Queries a tile: about 128 stacked rows were measured fastest, of long sequences about 288.
    func queryBlock(keys: Int) -> Int { max(16, (keys < 2048 ? 128 : 288) / group / 16 * 16) }
    /// Queries that backward works on at a time: fewer keep all threads busy, more make fewer partial sums.
    func chunkQueries(keys: Int) -> Int {
        let block = queryBlock(keys: keys)
        return max((keys < 2048 ? 256 : 512) / block, 1) * block
    }
    /// How threads share the work on `spans` sequences, of which the last queries see the most keys: of few sequences
    /// one thread would have all the ends.
    func order(spans: Int) -> TaskOrder { spans < 2 * Threads.count ? .dealtFromTheEnd : .runsFromTheEnd }
    /// Keys a tile.
    static let keyBlock = 256

    /// The columns of query, output or their gradients that belong to key head `index`.
    func queryColumns(_ index: Int) -> Range<Int> { (index * group * headDim)..<((index + 1) * group * headDim) }
    /// The columns of key, value or their gradients that belong to key head `index`.
    func keyColumns(_ index: Int) -> Range<Int> { (index * headDim)..<((index + 1) * headDim) }
    /// The columns of logSumExp that belong to key head `index`.
    func statisticColumns(_ index: Int) -> Range<Int> { (index * group)..<((index + 1) * group) }
}

extension Tile {
    /// Copies rows `[n, group·D]` of a packed matrix of the same dtype into this contiguous tile `[n·group, D]`.
    func stack(_ packed: Tile) {
        let bytes = packed.columns * dtype.bytes
        for index in 0..<packed.rows {
            (base + index * bytes).copyMemory(from: packed.memory(row: index), byteCount: bytes)
        }
    }

    /// The reverse of `stack`, from float32 into either dtype.
    func unstack(into packed: Tile) {
        for index in 0..<packed.rows {
            let row = start + index * packed.columns
            let target = packed.memory(row: index)
            if packed.dtype == .bfloat16 {
                ck_narrow(row, 0, target.assumingMemoryBound(to: UInt16.self), 0, 1, packed.columns)
            } else {
                target.copyMemory(from: row, byteCount: packed.columns * MemoryLayout<Float>.size)
            }
        }
    }
}
