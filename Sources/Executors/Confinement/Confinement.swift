import CLinux
import Common
import Glibc
import OperatingSystem
import Pipeline
import Reports

/// What keeps this process to its own files, whatever comes to run in it: Landlock decides which files it may open,
/// seccomp which system calls it may make. Both hold for good, and neither needs a right that the process must be given.
///
/// A kernel that has one of them not confines by the other; one that has neither does not confine. The work is done all
/// the same, and whoever asks is told: a job that a machine's age makes fail would teach people to look for a switch.
package struct Confinement: Sendable, Equatable {
    /// One of the two means: what holds, or why it does not.
    package enum Layer: Sendable, Equatable {
        case holds(String)
        case none(String)
    }

    /// Of files, ports, signals.
    package private(set) var landlock: Layer
    /// Of system calls.
    package private(set) var seccomp: Layer

    package init(landlock: Layer, seccomp: Layer) {
        self.landlock = landlock
        self.seccomp = seccomp
    }

    /// Confines this process: from now on it reads only what lies at or beneath `reads`, `writes` and `SystemFiles`,
    /// creates, changes and removes only what lies at or beneath `writes`, starts no program, opens no socket and touches
    /// no other process. Before any second thread starts. Descriptors that are open stay so.
    ///
    /// - Parameters:
    ///   - reads: files and folders; links are followed. One that is not there cannot be allowed: nothing is there to read.
    ///   - writes: folders, and files; a link is not followed, as whoever put it there would choose what is written to.
    package static func apply(reads: [String], writes: [String]) -> Confinement {
        apply(reads: reads, writes: writes, wholeProcess: true)
    }

    /// - Parameter wholeProcess: false confines the calling thread alone, which is how tests try what holds.
    package static func apply(reads: [String], writes: [String], wholeProcess: Bool) -> Confinement {
        let code = lorad_renounce_privileges()
        guard code == 0 else {
            let reason = Layer.none("no_new_privs was refused: \(FileSystem.reason(code))")
            return Confinement(landlock: reason, seccomp: reason)
        }
        var landlock = Landlock.confine(reads: reads + SystemFiles.read, writes: writes + SystemFiles.written)
        if wholeProcess, case .holds = landlock, threadCount > 1 {
            // The kernel confines the calling thread and those that it starts.
            landlock = .none("\(threadCount) threads were running before it could be asked for")
        }
        return Confinement(landlock: landlock, seccomp: refuseCalls(wholeProcess: wholeProcess))
    }

    /// The same with fewer files: what is not at or beneath these either cannot be opened any more.
    package func narrowed(reads: [String], writes: [String]) -> Confinement {
        guard case .holds = landlock else { return self }
        var narrowed = self
        let second = Landlock.confine(reads: reads + SystemFiles.read, writes: writes + SystemFiles.written)
        if case .none(let reason) = second { narrowed.landlock = .holds("by allowed_roots alone: \(reason)") }
        return narrowed
    }

    /// What `apply` would come to here; nothing is changed.
    package static var available: Confinement {
        let code = lorad_can_refuse_calls()
        return Confinement(
            landlock: Landlock.available, seccomp: code == 0 ? .holds("filter") : .none(FileSystem.reason(code)))
    }

    private static func refuseCalls(wholeProcess: Bool) -> Layer {
        let code = lorad_refuse_calls(wholeProcess ? 1 : 0)
        return code == 0 ? .holds("filter") : .none(FileSystem.reason(code))
    }

    /// Threads of this process; 1 where /proc does not say.
    private static var threadCount: Int { (try? FileSystem.names(in: "/proc/self/task").count) ?? 1 }
}

extension Confinement.Layer: CustomStringConvertible {
    package var description: String {
        switch self {
        case .holds(let how): how
        case .none(let reason): "none: \(reason)"
        }
    }
}

extension Confinement {
    /// Why a process is less confined than it could be, a sentence for the job's log; nil where both means hold.
    package var shortcoming: String? {
        let missing = [("Landlock", landlock), ("seccomp", seccomp)].compactMap { name, layer in
            if case .none(let reason) = layer { "\(name) (\(reason))" } else { nil }
        }
        return missing.isEmpty ? nil : "the job's process is not confined by " + missing.joined(separator: " and ")
    }

    /// As a run records it.
    package var provenance: ConfinementProvenance {
        ConfinementProvenance(landlock: landlock.description, seccomp: seccomp.description)
    }
}
