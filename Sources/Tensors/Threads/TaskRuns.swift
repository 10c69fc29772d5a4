import Synchronization

/// Tasks of equal length over memory that lies in their order: each thread has a run of consecutive tasks, so that it
/// reads in order, and takes over what others have left once its own are done.
///
/// As with `Threads.tasks`, a task's result must depend on its number alone.
final class TaskRuns: Sendable {
    /// Tasks, a multiple of `runs` unless there are fewer.
    let count: Int
    private let runs: Int
    /// The next task of each run.
    private nonisolated(unsafe) let next: UnsafeMutablePointer<Atomic<Int>>

    /// - Parameter count: of tasks at least; more where that gives every thread the same number.
    init(count: Int) {
        runs = Threads.count
        self.count = (max(1, count) + runs - 1) / runs * runs
        next = .allocate(capacity: runs)
        for run in 0..<runs { (next + run).initialize(to: Atomic(self.count / runs * run)) }
    }

    deinit { next.deallocate() }

    /// Runs all tasks, once.
    func run(_ body: (_ task: Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            Threads.parallel(runs, with: self, body) { mine, tasks, body in
                for first in mine { tasks.work(from: first, body) }
            }
        }
    }

    private func work(from first: Int, _ body: (_ task: Int) -> Void) {
        for step in 0..<runs {
            let run = (first + step) % runs
            while let task = take(of: run) { body(task) }
        }
    }

    private func take(of run: Int) -> Int? {
        let task = next[run].wrappingAdd(1, ordering: .relaxed).oldValue
        return task < count / runs * (run + 1) ? task : nil
    }
}
