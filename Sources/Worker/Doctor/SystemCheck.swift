import CLinux
import Common
import Executors
import Foundation
import OperatingSystem
import Pipeline
import Webhooks

/// The clock, the time zones, /proc, and whether the kernel tells of new files.
package enum SystemCheck {
    package static func clock() -> Finding { clock(isKept: Int(lorad_clock_is_kept()), now: Date()) }

    /// - Parameter isKept: 1 yes, 0 no, -1 where the kernel does not say.
    package static func clock(isKept: Int, now: Date) -> Finding {
        let zone = TimeZone.current.identifier
        let value = "\(Timestamp.text(now)), time zone \(zone)"
        guard now > Date(timeIntervalSince1970: 1_767_225_600) else {
            return Finding("clock", value, .problem, advice: "It is before 2026 here. Set the clock.")
        }
        switch isKept {
        case 1: return Finding("clock", value + ", kept right by the system")
        case 0:
            return Finding(
                "clock", value + ", kept by nobody", .warning,
                advice: "Turn on time synchronisation: timedatectl set-ntp true, or install chrony.")
        default: return Finding("clock", value + "; whether it is kept cannot be told here")
        }
    }

    /// - Parameter inbox: a folder that exists.
    static func watch(inbox: String, scanEvery: Double) -> Finding {
        let scan = "scanned every \(TableFigure.text(scanEvery, decimals: 0)) s"
        if let network = MountTable.networkFileSystem(of: inbox) {
            return Finding(
                "watch", "no events on a network file system (\(network)); \(scan)", .warning,
                advice: "Lower scan_every if that is too slow, or drop manifests on a local disk.")
        }
        do {
            _ = try InboxWatch(folder: inbox)
            return Finding("watch", "inotify works (\(inotifyLimits)); also \(scan)")
        } catch {
            let cause = (error as? WorkerError)?.cause ?? error.localizedDescription
            return Finding(
                "watch", "inotify cannot watch \(inbox): \(cause)", .problem,
                advice: "Raise the limits: sysctl fs.inotify.max_user_instances=512 fs.inotify.max_user_watches=65536")
        }
    }

    private static var inotifyLimits: String {
        let limits = ["max_user_instances", "max_user_watches", "max_queued_events"].map { name in
            let text = KernelText.read("/proc/sys/fs/inotify/" + name)
            return "\(name) \(text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown")"
        }
        return limits.joined(separator: ", ")
    }

    /// `schedule` reads times in zones of the tz database.
    package static func timeZones(_ known: (String) -> Bool = { TimeZone(identifier: $0) != nil }) -> Finding {
        guard let unknown = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"].first(where: { !known($0) })
        else { return Finding("time_zones", "the tz database is there") }
        return Finding(
            "time_zones", "the time zone \(unknown) is unknown here", .problem, advice: "Install the package tzdata.")
    }

    /// Without /proc a dead worker's jobs cannot be told from a live one's.
    package static func processes(_ identity: () throws -> ProcessIdentity = ProcessIdentity.current) -> Finding {
        do {
            _ = try identity()
            return Finding("processes", "/proc tells who lives")
        } catch {
            return Finding(
                "processes", error.localizedDescription, .problem,
                advice: (error as? WorkerError)?.advice ?? "Mount /proc.")
        }
    }

    /// What keeps a job's process to its own files.
    package static func confinement(_ available: Confinement = .available) -> Finding {
        let value = "Landlock \(available.landlock), seccomp \(available.seccomp)"
        guard let shortcoming = available.shortcoming else { return Finding("confinement", value) }
        return Finding(
            "confinement", value, .warning,
            advice: "Jobs run, but \(shortcoming): whoever makes one misbehave acts as the worker's user. Use "
                + "a kernel of 5.19 or newer with landlock among lsm=, and a container or unit that allows landlock_* and seccomp."
        )
    }

    /// Who can read the file of secrets that packaging/systemd/lorad.service names; nil where there is none.
    package static func secrets(_ path: String = "/etc/lorad/secrets.env") -> Finding? {
        guard let status = FileSystem.status(path, followingLinks: true) else { return nil }
        let mode = String(status.st_mode & 0o7777, radix: 8)
        guard status.st_mode & 0o077 != 0 || status.st_uid != 0 && status.st_uid != geteuid() else {
            return Finding("secrets_file", "\(path), mode 0\(mode)")
        }
        return Finding(
            "secrets_file", "\(path) can be read by others: mode 0\(mode), user \(status.st_uid)", .problem,
            advice: "chown root \(path) && chmod 600 \(path)")
    }
}
