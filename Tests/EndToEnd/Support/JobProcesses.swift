import Foundation

/// The processes that a worker started in a folder, from `/proc`.
enum JobProcesses {
    /// - Parameter command: which of its hidden commands they run.
    static func pids(in folder: String, running wanted: String = "job-process") -> [Int32] {
        let folder = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
        return ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap(Int32.init).filter {
            let command = FileManager.default.contents(atPath: "/proc/\($0)/cmdline") ?? Data()
            guard command.split(separator: 0).contains(where: { String(decoding: $0, as: UTF8.self) == wanted })
            else { return false }
            return (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/cwd")) == folder
        }
    }
}
