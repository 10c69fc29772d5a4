import CLinux
import Common
import Glibc
import OperatingSystem

/// The kernel's Landlock, landlock(7): a process gives up the right to open files but for those that rules name.
package enum Landlock {
    /// The first version that lets a file move from one folder to another, as a run that failed has to.
    private static let oldest: Int32 = 2

    /// Rights to files, by the kernel's bits and the version that first knew them.
    private enum Right {
        static let execute: UInt64 = 1 << 0
        static let writeFile: UInt64 = 1 << 1
        static let readFile: UInt64 = 1 << 2
        static let readFolder: UInt64 = 1 << 3
        /// Remove and make folders, files and links of every kind, version 1.
        static let changeFolders: UInt64 = (1 << 4 | 1 << 5) | makeFolder | makeFile | makeLink | makeOthers
        static let makeFolder: UInt64 = 1 << 7
        static let makeFile: UInt64 = 1 << 8
        static let makeLink: UInt64 = 1 << 12
        /// Devices, sockets and named pipes.
        static let makeOthers: UInt64 = 1 << 6 | 1 << 9 | 1 << 10 | 1 << 11
        /// Move and link between folders, version 2.
        static let refer: UInt64 = 1 << 13
        /// Version 3.
        static let truncate: UInt64 = 1 << 14
        /// Version 5.
        static let controlDevice: UInt64 = 1 << 15
    }

    /// What is forbidden unless a rule allows it, of what this version knows.
    private struct Scope {
        let version: Int32

        var files: UInt64 {
            Right.execute | Right.writeFile | Right.readFile | Right.readFolder | Right.changeFolders | Right.refer
                | (version >= 3 ? Right.truncate : 0) | (version >= 5 ? Right.controlDevice : 0)
        }

        /// TCP ports: none to bind, none to connect to.
        var ports: UInt64 { version >= 4 ? 0b11 : 0 }
        /// Abstract Unix sockets and signals of processes outside.
        var outside: UInt64 { version >= 6 ? 0b11 : 0 }

        var readFile: UInt64 { Right.readFile }
        var readFolder: UInt64 { Right.readFile | Right.readFolder }
        var writeFile: UInt64 { files & (readFile | Right.writeFile | Right.truncate) }
        /// Without links: whoever opens such a file outside would follow them with rights of their own.
        var writeFolder: UInt64 { files & ~(Right.execute | Right.makeLink | Right.makeOthers | Right.controlDevice) }
    }

    /// What the kernel has, as `confine` would tell it.
    package static var available: Confinement.Layer {
        let version = lorad_landlock_version()
        if version < 0 { return .none(reason(-version)) }
        guard version >= oldest else { return .none("abi \(version) cannot move files; \(oldest) is needed") }
        return .holds("abi \(version)")
    }

    /// Confines the calling thread and those that it starts. Where a folder to be written to cannot be named in a rule,
    /// nothing is confined: what the process is for could not be done.
    static func confine(reads: [String], writes: [String]) -> Confinement.Layer {
        let available = available
        guard case .holds = available else { return available }
        let scope = Scope(version: lorad_landlock_version())
        let ruleset = lorad_landlock_ruleset(scope.files, scope.ports, scope.outside)
        guard ruleset >= 0 else { return .none(reason(-ruleset)) }
        defer { close(ruleset) }
        for path in reads {
            // What cannot be opened here cannot be read later either, and is told of by whoever tries.
            _ = lorad_landlock_allow(ruleset, path, 1, scope.readFolder, scope.readFile)
        }
        for path in writes {
            let code = lorad_landlock_allow(ruleset, path, 0, scope.writeFolder, scope.writeFile)
            guard code == 0 || code == ENOENT else { return .none("\(path) cannot be allowed: \(reason(code))") }
        }
        let code = lorad_landlock_confine(ruleset)
        return code == 0 ? available : .none(reason(code))
    }

    private static func reason(_ code: Int32) -> String {
        switch code {
        case ENOSYS: "this kernel has no Landlock"
        case EOPNOTSUPP: "Landlock is switched off; the kernel's lsm= parameter names it where it is on"
        default: FileSystem.reason(code)
        }
    }
}
