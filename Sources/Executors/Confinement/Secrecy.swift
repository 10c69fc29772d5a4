import CLinux
import Common
import OperatingSystem

/// What other processes of the worker's user may learn from it: nothing of what is secret.
///
/// Webhooks' URLs and keys stay in the worker's memory, since SIGHUP may name others of the environment's. What shows
/// them is closed instead: `/proc/PID/environ`, and `/proc/PID/mem` with ptrace(2) and core files, which would hold all
/// of it. The price is that the worker's own account can neither trace it nor list its descriptors in /proc; root can.
package enum Secrecy {
    /// Closes both. Before any other thread is started: the environment is moved.
    ///
    /// - Returns: a sentence for each that stays open.
    package static func begin() -> [String] {
        let shown = [
            ("the environment stays readable in /proc", lorad_hide_environment()),
            ("the worker's memory stays readable for its user", lorad_hide_memory()),
        ]
        return shown.filter { $0.1 != 0 }.map { "\($0.0): \(FileSystem.reason($0.1))" }
    }
}
