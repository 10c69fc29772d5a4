/// Work that the threads of a pool do together, a value on the caller's stack that all of them read.
///
/// A closure that captures something cannot be shared without a heap call: the context that its captures live in must
/// be allocated before another thread may call it. So a region's body captures nothing, and what it needs are
/// arguments.
protocol SharedWork {
    /// Does piece `piece`; every piece is done once.
    func run(piece: Int, in pool: ThreadPool)
}

/// A piece of work as threads take it over: where the value is, and what it is.
struct SharedWorkReference {
    private let type: any SharedWork.Type
    private let pointer: UnsafeRawPointer

    /// - Parameter pointer: valid for as long as anyone calls `run`.
    init<Work: SharedWork>(_ pointer: UnsafePointer<Work>) {
        type = Work.self
        self.pointer = UnsafeRawPointer(pointer)
    }

    /// Does piece `piece`.
    func run(piece: Int, in pool: ThreadPool) { type.run(pointer, piece: piece, in: pool) }
}

extension SharedWork {
    fileprivate static func run(_ pointer: UnsafeRawPointer, piece: Int, in pool: ThreadPool) {
        pointer.assumingMemoryBound(to: Self.self).pointee.run(piece: piece, in: pool)
    }
}

/// How a range is cut into contiguous pieces of nearly equal length.
struct RangeCut {
    let count: Int
    /// Pieces begin at multiples of this.
    let grain: Int
    let pieces: Int

    /// - Parameter mostPieces: there are fewer where the range holds fewer grains.
    init(_ count: Int, grain: Int, mostPieces: Int) {
        self.count = count
        self.grain = grain
        pieces = min(mostPieces, (count + grain - 1) / grain)
    }

    /// Piece `index` of the range.
    func range(_ index: Int) -> Range<Int> {
        let grains = (count + grain - 1) / grain
        return (grains * index / pieces * grain)..<min(count, grains * (index + 1) / pieces * grain)
    }
}

/// A range of which each piece is one part.
struct SharedRange<each Argument>: SharedWork {
    let cut: RangeCut
    let arguments: (repeat each Argument)
    let body: @Sendable (Range<Int>, repeat each Argument) -> Void

    func run(piece: Int, in pool: ThreadPool) { body(cut.range(piece), repeat each arguments) }
}

/// The same with scratch memory for each piece.
struct SharedRangeInWorkspaces<each Argument>: SharedWork {
    let cut: RangeCut
    let arguments: (repeat each Argument)
    let body: @Sendable (Range<Int>, Workspace, repeat each Argument) -> Void

    func run(piece: Int, in pool: ThreadPool) {
        body(cut.range(piece), pool.workspaces[piece], repeat each arguments)
    }
}

/// Tasks that each piece takes one by one until none is left, see `TaskRuns`.
struct SharedTasks<each Argument>: SharedWork {
    let count: Int
    let order: TaskOrder
    let arguments: (repeat each Argument)
    let body: @Sendable (Int, Workspace, repeat each Argument) -> Void

    func run(piece: Int, in pool: ThreadPool) {
        while let task = pool.nextTask(of: count, order, piece: piece) {
            body(task, pool.workspaces[piece], repeat each arguments)
        }
    }
}
