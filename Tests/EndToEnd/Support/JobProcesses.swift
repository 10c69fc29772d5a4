import Foundation

/// The job processes that work in a folder, from `/proc`.
enum JobProcesses {
    static func pids(in folder: String) -> [Int32] {
        let folder = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
        return ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap(Int32.init).filter {
            let command = FileManager.default.contents(atPath: "/proc/\($0)/cmdline") ?? Data()
            guard command.split(separator: 0).contains(where: { String(decoding: $0, as: UTF8.self) == "job-process" })
            else { return false }
            return (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/cwd")) == folder
        }
    }
}
