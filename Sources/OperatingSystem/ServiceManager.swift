import CLinux
import Foundation

/// The service manager that started this process, where it asked to be told, by the protocol of sd_notify(3): one
/// datagram a message to the socket that `NOTIFY_SOCKET` names.
package struct ServiceManager: Sendable {
    private let socket: String
    /// Seconds within which it wants a sign of life; nil where it does not watch.
    package let watchdog: Double?

    /// Nil where nobody asked. The variables are those of sd_notify(3) and sd_watchdog_enabled(3).
    package init?(environment: [String: String], pid: Int32 = getpid()) {
        guard let socket = environment["NOTIFY_SOCKET"], socket.hasPrefix("/") || socket.hasPrefix("@") else {
            return nil
        }
        self.socket = socket
        let isMeant = environment["WATCHDOG_PID"].map { $0 == String(pid) } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap(Double.init) ?? 0
        watchdog = isMeant && microseconds > 0 ? microseconds / 1e6 : nil
    }

    /// `READY=1`, `STOPPING=1`, `WATCHDOG=1`, `STATUS=…`. What cannot be sent is the manager's loss: it then acts as if
    /// nothing was said.
    package func tell(_ message: String) { _ = lorad_send_datagram(socket, message) }
}
