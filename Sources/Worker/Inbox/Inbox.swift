import Common
import Foundation
import Glibc
import OperatingSystem

/// Decides which manifests of the inbox are complete. Events are hints that make it faster; a scan alone is enough.
/// One thread at a time.
///
/// The rule: a file renamed in is complete. Any other is complete once it has not changed for `quietTime`, or for
/// `heldOpenTime` where a writer was seen that has not closed it.
package struct Inbox {
    /// What a file looked like; any write or rename changes it.
    private struct Appearance: Equatable {
        var inode: UInt64
        var size: Int64
        var modified: Double
        /// The inode's own change time: unlike mtime no sender can set it back.
        var changed: Double
        var isRegular: Bool
        /// A pipe, socket or device.
        var isSpecial: Bool
    }

    private struct Sighting {
        var appearance: Appearance
        /// When it was first seen like this, by the monotonic clock.
        var since: Double
    }

    /// What a scan found.
    package struct Scan: Equatable {
        /// Complete manifests, oldest first.
        package var ready: [String] = []
        /// Seconds until one of the others may be complete; nil where there are none.
        package var nextLook: Double?
        /// Manifests still being written, or too young to tell.
        package var waiting = 0
        /// Names that look like manifests' and are not UTF-8, as far as they can be read: such a file cannot be opened by
        /// its name, and is left. Sorted.
        package var unreadable: [String] = []
        /// Manifests' names of what is neither a file, a folder nor a link: a pipe, socket or device is no sender's upload, and
        /// is left. Sorted.
        package var special: [String] = []

        package init() {}
    }

    /// Seconds before a file that could not be claimed is tried again: the disk may have room by then.
    private static let retryTime = 10.0

    package let folder: String
    /// Seconds without a change after which a file is complete.
    package var quietTime: Double
    private let heldOpenTime: Double
    /// Whether the files' times are by this machine's clock. On a network file system they are by its server's: a file
    /// that is being written may look long finished there.
    private let believesTimes: Bool
    private var sightings: [String: Sighting] = [:]
    private var arrived: Set<String> = []
    private var heldOpen: Set<String> = []
    private var created: Set<String> = []
    /// Complete, but could not be claimed; tried again once they change, or after some time.
    private var refused: [String: (appearance: Appearance, until: Double)] = [:]

    package init(folder: String, quietTime: Double, heldOpenTime: Double, believesTimes: Bool = true) {
        self.believesTimes = believesTimes
        self.folder = folder
        self.quietTime = quietTime
        self.heldOpenTime = heldOpenTime
    }

    /// Takes hints in. After an overflow nothing is known of any file but what a scan sees.
    package mutating func note(_ events: [InboxEvent]) {
        for event in events {
            switch event {
            case .arrived(let name):
                arrived.insert(name)
                heldOpen.remove(name)
            case .modified(let name):
                arrived.remove(name)
                heldOpen.insert(name)
            case .closed(let name):
                heldOpen.remove(name)
                created.remove(name)
            case .created(let name):
                created.insert(name)
            case .folderGone:
                break
            case .overflow:
                arrived.removeAll()
                heldOpen.removeAll()
                created.removeAll()
            }
        }
    }

    /// Reads the folder. Throws where it cannot be read.
    package mutating func scan(
        wallClock: Double = Date().timeIntervalSince1970, monotonic: Double = ProcessInfo.processInfo.systemUptime
    ) throws -> Scan {
        var scan = Scan()
        var seen: [String: Sighting] = [:]
        var found: [(name: String, modified: Double)] = []
        for name in try FileSystem.names(in: folder) where InboxNames.isManifest(name) {
            guard let appearance = appearance(of: name) else {
                // Bytes that are no UTF-8 were replaced in it; any other name has vanished since.
                if name.unicodeScalars.contains("\u{FFFD}") { scan.unreadable.append(name) }
                continue
            }
            guard !appearance.isSpecial else {
                scan.special.append(name)
                continue
            }
            var sighting = Sighting(appearance: appearance, since: monotonic)
            if let earlier = sightings[name], earlier.appearance == appearance { sighting = earlier }
            seen[name] = sighting
            if let refusal = refused[name], refusal.appearance == appearance, monotonic < refusal.until { continue }
            let wait = wait(for: name, sighting, wallClock: wallClock, monotonic: monotonic)
            if wait <= 0 {
                found.append((name, appearance.modified))
            } else {
                scan.waiting += 1
                scan.nextLook = min(scan.nextLook ?? .infinity, wait)
            }
        }
        sightings = seen
        arrived.formIntersection(seen.keys)
        heldOpen.formIntersection(seen.keys)
        created.formIntersection(seen.keys)
        refused = refused.filter { seen[$0.key]?.appearance == $0.value.appearance }
        scan.unreadable.sort()
        scan.special.sort()
        scan.ready = found.sorted { ($0.modified, $0.name) < ($1.modified, $1.name) }.map(\.name)
        return scan
    }

    /// Leaves a file alone that could not be claimed, until it changes or `retryTime` is over: never a loop. True where
    /// it was not refused as it is before.
    package mutating func refuse(_ name: String, monotonic: Double = ProcessInfo.processInfo.systemUptime) -> Bool {
        guard let appearance = sightings[name]?.appearance else { return false }
        let isNew = refused[name]?.appearance != appearance
        refused[name] = (appearance, monotonic + Self.retryTime)
        return isNew
    }

    /// Seconds until the file may be taken; zero or less for now.
    private func wait(for name: String, _ sighting: Sighting, wallClock: Double, monotonic: Double) -> Double {
        if arrived.contains(name) { return 0 }
        // Made, not closed, nothing in it: its writer has not begun. link(2) makes a name too, but of a file with bytes.
        let isUnwritten = created.contains(name) && sighting.appearance.isRegular && sighting.appearance.size == 0
        let needed = heldOpen.contains(name) || isUnwritten ? heldOpenTime : quietTime
        let age = wallClock - max(sighting.appearance.modified, sighting.appearance.changed)
        // By the file's own times where they are believable, so that a file that lay here long before the worker
        // started is taken at once; else by how long it has been watched.
        let watched = monotonic - sighting.since
        let unchanged = believesTimes ? max(age, watched) : watched
        return needed - unchanged
    }

    private func appearance(of name: String) -> Appearance? {
        guard let status = FileSystem.status(folder + "/" + name) else { return nil }
        func seconds(_ time: timespec) -> Double { Double(time.tv_sec) + Double(time.tv_nsec) / 1e9 }
        return Appearance(
            inode: UInt64(status.st_ino), size: Int64(status.st_size), modified: seconds(status.st_mtim),
            changed: seconds(status.st_ctim),
            isRegular: status.st_mode & S_IFMT == S_IFREG,
            isSpecial: ![S_IFREG, S_IFDIR, S_IFLNK].contains(status.st_mode & S_IFMT))
    }
}
