import Common
import Foundation
import Glibc
import JobReports
import Subprocess

/// How a job process ended that did not say.
enum ProcessEnd {
    /// What came of a process that ended without saying so.
    static func outcome(of status: TerminationStatus, errorFile: String) -> JobOutcome {
        let reason = words(status, errorFile: errorFile)
        let crashes = [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGSYS]
        if case .signaled(let signal) = status, crashes.contains(signal) { return .crashed(reason: reason) }
        return .faulted(reason: reason)
    }

    private static func words(_ status: TerminationStatus, errorFile: String) -> String {
        let how =
            switch status {
            case .signaled(let signal) where signal == SIGKILL:
                "was killed (signal 9): by somebody, or by the kernel because memory ran out"
            case .signaled(let signal): "was ended by signal \(signal) (\(String(cString: strsignal(signal))))"
            case .exited(let code): "ended with exit code \(code) before its job was done"
            }
        let last = LastLine.of(errorFile).map { ". It last wrote: \($0)" }
        return "The job's process \(how)\(last ?? ".")"
    }
}
