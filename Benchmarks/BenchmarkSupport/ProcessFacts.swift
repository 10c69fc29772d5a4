import CHeapCalls
import Foundation

/// What the system knows of this process.
package enum ProcessFacts {
    /// Seconds since the process was started; the kernel keeps its start to a hundredth.
    package static func secondsSinceStart() -> Double {
        guard let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            // The second field is the program's name in parentheses, which may hold spaces.
            let fields = stat.split(separator: ")").last?.split(separator: " "), fields.count > 19,
            let ticks = Double(fields[19])
        else { return .nan }
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9 - ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Pages that were given to this process on first touch so far.
    package static func pageFaults() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_minflt
    }

    /// Calls of the heap's allocation functions so far, by any thread, and bytes asked for.
    package static func allocations() -> (calls: Int, bytes: Int) {
        let counted = hc_counted_calls()
        return (Int(counted.calls), Int(counted.bytes))
    }
}

/// Wall-clock seconds from one instant on.
package struct Stopwatch {
    private let start = DispatchTime.now().uptimeNanoseconds

    package init() {}

    package var seconds: Double { Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9 }

    /// How long `body` takes.
    package static func time(_ body: () throws -> Void) rethrows -> Double {
        let watch = Stopwatch()
        try body()
        return watch.seconds
    }
}
