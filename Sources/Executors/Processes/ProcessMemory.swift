import Common

/// What a process has in use, from `/proc/PID/status`, see proc(5).
package enum ProcessMemory {
    /// Bytes of memory that cannot be given back: anonymous and shared. Pages of mapped files (a base) are left out, as
    /// the kernel drops them when memory is short. Nil where the process is gone.
    package static func inUse(pid: Int32) -> Int? {
        guard let text = KernelText.read("/proc/\(pid)/status") else { return nil }
        return inUse(status: text)
    }

    /// The same from the file's text.
    package static func inUse(status text: String) -> Int? {
        var total: Int?
        for line in text.split(separator: "\n") where line.hasPrefix("RssAnon:") || line.hasPrefix("RssShmem:") {
            guard
                let kibibytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap({
                    Int($0)
                })
            else { continue }
            total = (total ?? 0) + kibibytes * 1024
        }
        return total
    }
}
