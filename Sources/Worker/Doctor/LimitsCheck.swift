import Common
import Foundation
import Glibc
import Manifests
import OperatingSystem
import Pipeline
import Webhooks

/// Whether `limits` and `jobs` fit each other and the machine.
struct LimitsCheck {
    let configuration: WorkerConfiguration
    var memoryBytes = MachineCheck.memoryBytes
    var threads = MachineCheck.threadCount

    func findings() -> [Finding] { [memory(), disk(), times(), parallel(), openFiles()] }

    private func memory() -> Finding {
        let atOnce = configuration.jobs.atOnce
        guard let limit = configuration.limits.memoryMiB else {
            return Finding("limits_memory", "none but the machine's \(memoryBytes >> 20) MiB")
        }
        let value = "\(limit) MiB a job, \(atOnce) at once, of \(memoryBytes >> 20) MiB"
        guard limit * atOnce > memoryBytes >> 20 else { return Finding("limits_memory", value) }
        return Finding(
            "limits_memory", value + ": together more than there is", .warning,
            advice:
                "Lower limits.memory_mib to \((memoryBytes >> 20) / atOnce) or less, or jobs.at_once: the kernel ends "
                + "jobs where memory runs out.")
    }

    private func disk() -> Finding {
        let wanted = configuration.limits.freeDiskMiB
        for (name, path) in [("state", configuration.state), ("outbox", configuration.outbox)] {
            let place = FileSystem.nearest(path)
            guard let free = FreeDisk.bytes(at: place), free < wanted << 20 else { continue }
            return Finding(
                "limits_disk",
                "\(free >> 20) MiB are free on the disk of \(name), and limits.free_disk_mib is \(wanted)",
                .problem, advice: "No job is started. Free some space under \(place), or lower limits.free_disk_mib.")
        }
        return Finding("limits_disk", "\(wanted) MiB stay free")
    }

    private func times() -> Finding {
        let limits = configuration.limits
        func seconds(_ value: Double?) -> String { value.map { "\(TableFigure.text($0, decimals: 0)) s" } ?? "none" }
        let value =
            "a job \(seconds(limits.wallTime)), a stage \(seconds(limits.stageTime)), "
            + "without progress \(seconds(limits.stallTime > 0 ? limits.stallTime : nil)), "
            + "stopping \(seconds(limits.stopTime))"
        if let wall = limits.wallTime, let stage = limits.stageTime, stage > wall {
            return Finding(
                "limits_time", value, .warning,
                advice: "limits.stage_time is longer than limits.wall_time and never reached; lower it.")
        }
        if limits.stopTime > 50 {
            return Finding(
                "limits_time", value, .warning,
                advice:
                    "systemd kills a service that stops for longer than TimeoutStopSec (60 s in packaging/systemd): "
                    + "raise that above limits.stop_time, or lower this.")
        }
        return Finding("limits_time", value)
    }

    private func parallel() -> Finding {
        let atOnce = configuration.jobs.atOnce
        let value = "\(atOnce) at once on \(threads) threads"
        guard atOnce > threads else { return Finding("jobs", value) }
        return Finding(
            "jobs", value + ": each gets one, and they take turns", .warning,
            advice: "Lower jobs.at_once to \(threads) or less.")
    }

    private func openFiles() -> Finding {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Self.openFiles(UInt64(limit.rlim_cur), atOnce: configuration.jobs.atOnce)
    }

    /// - Parameter limit: RLIMIT_NOFILE, setrlimit(2).
    static func openFiles(_ limit: UInt64, atOnce: Int) -> Finding {
        // Thirty of the worker's own were measured (scripts/chaos/soak); a job has five pipes and files, a hook a socket.
        let needed = UInt64(100 + 10 * atOnce)
        let value = limit > 1 << 30 ? "no limit" : "at most \(limit)"
        guard limit < needed else { return Finding("open_files", value) }
        return Finding(
            "open_files", value + ", \(needed) are wanted", .problem,
            advice: "Raise it: ulimit -n 1024, or LimitNOFILE= of the systemd unit.")
    }
}
