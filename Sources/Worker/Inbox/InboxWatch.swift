import Common
import Foundation
import Glibc
import OperatingSystem

/// What inotify(7) said of a name in the inbox. Hints only: the name may be stale by now, and the scan is the truth.
package enum InboxEvent: Equatable {
    /// Renamed into the folder: complete.
    case arrived(String)
    /// Written to, by a writer that has not closed it yet.
    case modified(String)
    /// Closed by a writer.
    case closed(String)
    /// Made by link(2) or open(2), not yet written to.
    case created(String)
    /// Events were lost.
    case overflow
    /// The folder itself was removed, moved away or unmounted.
    case folderGone
}

/// An inotify watch on one folder. One thread at a time.
package final class InboxWatch: Sendable {
    /// Readable when events wait; for poll(2).
    package let descriptor: Int32

    /// Throws where the kernel's limits on watches are used up.
    package init(folder: String) throws {
        descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0 else { throw Self.refused(folder) }
        let mask = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MODIFY | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR
        guard inotify_add_watch(descriptor, folder, UInt32(mask)) >= 0 else {
            let error = Self.refused(folder)
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// The events that wait now; empty where there are none. Never blocks.
    package func read() -> [InboxEvent] {
        var events: [InboxEvent] = []
        // Room for many events: read(2) returns whole ones only.
        var buffer = [UInt8](repeating: 0, count: 64 * 1_024)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return events }
            events += Self.decode(buffer[..<count])
        }
    }

    /// `struct inotify_event` in sequence: wd, mask, cookie, len (four bytes each), then `len` bytes of name, padded
    /// with NUL. A record that claims more than there is ends the reading as an overflow would.
    package static func decode(_ bytes: ArraySlice<UInt8>) -> [InboxEvent] {
        var events: [InboxEvent] = []
        var rest = bytes
        while !rest.isEmpty {
            guard rest.count >= 16 else { return events + [.overflow] }
            func field(_ offset: Int) -> UInt32 {
                rest.dropFirst(offset).prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
            }
            let mask = field(4)
            let length = Int(field(12))
            guard rest.count - 16 >= length else { return events + [.overflow] }
            let name = rest.dropFirst(16).prefix(length).prefix { $0 != 0 }
            if let event = event(mask: mask, name: String(decoding: name, as: UTF8.self)) { events.append(event) }
            rest = rest.dropFirst(16 + length)
        }
        return events
    }

    private static func event(mask: UInt32, name: String) -> InboxEvent? {
        func has(_ bit: Int32) -> Bool { mask & UInt32(bit) != 0 }
        if has(IN_Q_OVERFLOW) { return .overflow }
        if has(IN_DELETE_SELF) || has(IN_MOVE_SELF) || has(IN_UNMOUNT) || has(IN_IGNORED) { return .folderGone }
        if has(IN_MOVED_TO) { return .arrived(name) }
        if has(IN_CLOSE_WRITE) { return .closed(name) }
        if has(IN_MODIFY) { return .modified(name) }
        if has(IN_CREATE) { return .created(name) }
        return nil
    }

    private static func refused(_ folder: String) -> WorkerError {
        let code = errno
        return WorkerError(
            code == ENOENT || code == ENOTDIR ? .missing : .system, "The inbox \(folder) cannot be watched.",
            cause: FileSystem.reason(code),
            advice: "Raise /proc/sys/fs/inotify/max_user_instances and max_user_watches.")
    }
}
