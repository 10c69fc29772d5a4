import CLinux
import Foundation
import Pipeline

/// The clock, and whether the kernel tells of new files.
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
        let scan = "scanned every \(Figure.text(scanEvery, decimals: 0)) s"
        if let network = MountTable.networkFileSystem(of: inbox) {
            return Finding(
                "watch", "no events on a network file system (\(network)); \(scan)", .warning,
                advice: "Lower scan_every if that is too slow, or drop manifests on a local disk.")
        }
        do {
            _ = try InboxWatch(folder: inbox)
            return Finding("watch", "inotify works; also \(scan)")
        } catch {
            let cause = (error as? WorkerError)?.cause ?? error.localizedDescription
            return Finding(
                "watch", "inotify cannot watch \(inbox): \(cause)", .problem,
                advice: "Raise the limits: sysctl fs.inotify.max_user_instances=512 fs.inotify.max_user_watches=65536")
        }
    }
}
