import Common
import Foundation
import Glibc

/// One process of one boot of one machine: a process id alone is used again, these three together are not.
package struct ProcessIdentity: Sendable, Equatable {
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

    /// Kills the process and its group (a job process leads its own) and waits for its end; false where it still lives
    /// after `seconds`. Nothing is sent to a process that merely got the same id.
    package func end(within seconds: Double) -> Bool {
        let limit = ProcessInfo.processInfo.systemUptime + seconds
        while isAlive {
            if getpgid(pid) == pid { kill(-pid, SIGKILL) }
            kill(pid, SIGKILL)
            if ProcessInfo.processInfo.systemUptime > limit { return false }
            Thread.sleep(forTimeInterval: 0.01)
        }
        return true
    }

    /// True unless the process is proved dead: another boot, no such process, a zombie, or a later start time.
    package var isAlive: Bool {
        guard let boot = Self.currentBootID() else { return true }
        guard boot == bootID else { return false }
        // What cannot be read, for want of a descriptor, proves nothing; only the kernel's word that there is none does.
        guard let process = Self.status(of: pid) else { return kill(pid, 0) == 0 || errno != ESRCH }
        return process.startTicks == startTicks && process.state != "Z" && process.state != "X"
    }

    /// Whether somebody stopped the process (SIGSTOP, a debugger).
    package static func isStopped(pid: Int32) -> Bool {
        status(of: pid).map { $0.state == "T" || $0.state == "t" } ?? false
    }

    private static func currentBootID() -> String? {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        return text?.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func status(of pid: Int32) -> (state: String, startTicks: UInt64)? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return nil }
        // The name in parentheses may itself hold spaces and parentheses: count fields from the last one.
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let ticks = UInt64(fields[19]) else { return nil }
        return (String(fields[0]), ticks)
    }
}
