import Common
import Foundation
import Glibc

/// One process of one boot of one machine: a process id alone is used again, these three together are not.
package struct ProcessIdentity: Sendable, Hashable, Codable {
    /// Process id.
    package let pid: Int32
    /// Clock ticks between boot and the process's start, field 22 of `/proc/PID/stat`, see proc(5).
    package let startTicks: UInt64
    /// `/proc/sys/kernel/random/boot_id`.
    package let bootID: String

    package init(pid: Int32, startTicks: UInt64, bootID: String) {
        self.pid = pid
        self.startTicks = startTicks
        self.bootID = bootID
    }

    /// This process. Throws where `/proc` is not mounted: nothing could then be proved dead later.
    package static func current() throws -> ProcessIdentity {
        guard let identity = of(pid: getpid()) else {
            guard access("/proc/self/stat", F_OK) != 0 else {
                throw WorkerError(.system, "/proc/self/stat cannot be read now.", cause: FileSystem.reason())
            }
            throw WorkerError(
                .configuration, "/proc is not readable, so a dead worker could not be told from a live one.",
                advice: "Mount /proc in this container or chroot.")
        }
        return identity
    }

    /// The process that has this id now; nil where there is none, or `/proc` cannot be read.
    package static func of(pid: Int32) -> ProcessIdentity? {
        guard let boot = currentBootID(), let process = status(of: pid) else { return nil }
        return ProcessIdentity(pid: pid, startTicks: process.startTicks, bootID: boot)
    }

    /// Kills the process and its group, where it leads one as a job process does. Nothing is sent to a process that
    /// merely got the same id.
    package func kill() {
        guard isAlive else { return }
        if getpgid(pid) == pid { Glibc.kill(-pid, SIGKILL) }
        Glibc.kill(pid, SIGKILL)
    }

    /// True unless the process is proved dead.
    package var isAlive: Bool { liveness != .dead }

    /// Dead where it is of another boot, where there is no such process, where it is a zombie or began later.
    package var liveness: Liveness {
        guard let boot = Self.currentBootID() else { return .unknown }
        guard boot == bootID else { return .dead }
        // What cannot be read, for want of a descriptor, proves nothing; only the kernel's word that there is none does.
        guard let process = Self.status(of: pid) else {
            return Glibc.kill(pid, 0) != 0 && errno == ESRCH ? .dead : .unknown
        }
        return process.startTicks == startTicks && process.state != "Z" && process.state != "X" ? .alive : .dead
    }

    /// Whether somebody stopped the process (SIGSTOP, a debugger).
    package static func isStopped(pid: Int32) -> Bool {
        status(of: pid).map { $0.state == "T" || $0.state == "t" } ?? false
    }

    private static func currentBootID() -> String? {
        let text = KernelText.read("/proc/sys/kernel/random/boot_id")
        return text?.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func status(of pid: Int32) -> (state: String, startTicks: UInt64)? {
        guard let text = KernelText.read("/proc/\(pid)/stat") else { return nil }
        // The name in parentheses may itself hold spaces and parentheses: count fields from the last one.
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let ticks = UInt64(fields[19]) else { return nil }
        return (String(fields[0]), ticks)
    }
}
