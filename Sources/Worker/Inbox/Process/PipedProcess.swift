import CLinux
import Common
import Executors
import Foundation
import Glibc
import OperatingSystem

/// A process with a pipe to its standard input and one from its standard output, talked to in lines, from one thread at a
/// time, and never waited for longer than asked.
///
/// Started by posix_spawn(3): it leads a process group of its own, has no other descriptor of this process and no signal
/// blocked or ignored. Whoever holds it must `end()` it.
struct PipedProcess: Sendable {
    /// What a look at it came to.
    enum Turn: Equatable {
        case nothing
        /// A line, without its end.
        case line(String)
        /// A line grew too long.
        case flooded
        /// Its output has ended: it is dying, or closed it.
        case ended
    }

    /// How it ended.
    enum End: Equatable {
        case exited(Int32)
        case signalled(Int32)
        case unknown

        /// To follow "the process".
        var inWords: String {
            switch self {
            case .exited(let code): "ended with exit code \(code)"
            case .signalled(let signal) where signal == SIGKILL:
                "was killed (signal 9): by somebody, or by the kernel because memory ran out"
            case .signalled(let signal): "was ended by signal \(signal) (\(String(cString: strsignal(signal))))"
            case .unknown: "ended"
            }
        }
    }

    private let pid: Int32
    private let input: Int32
    private let output: Int32
    private var unread: [UInt8] = []
    /// Bytes at the beginning of `unread` in which there is no line's end.
    private var searched = 0
    /// Set once it is dead: its number may be another process's by now, and its pipes are closed.
    private var ending: End?

    init(_ executable: String, _ arguments: [String], environment: [String: String], errors: Int32)
        throws(SystemFault)
    {
        var argumentPointers = ([executable] + arguments).map { strdup($0) } + [nil]
        var environmentPointers = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
        var ends: (Int32, Int32) = (-1, -1)
        var pid: Int32 = 0
        let code = lorad_spawn(
            executable, &argumentPointers, &environmentPointers, errors, &ends.0, &ends.1, &pid)
        guard code == 0 else { throw SystemFault(code: code) }
        (self.pid, input, output) = (pid, ends.0, ends.1)
    }

    /// Writes what it takes of `rest`, and reads what it has to say; waits for either at most for `seconds`.
    mutating func turn(sending rest: inout ArraySlice<UInt8>, seconds: Double, longestLine: Int) -> Turn {
        if let line = takeLine() { return .line(line) }
        var descriptors = [pollfd(fd: output, events: Int16(POLLIN), revents: 0)]
        if !rest.isEmpty { descriptors.append(pollfd(fd: input, events: Int16(POLLOUT), revents: 0)) }
        guard poll(&descriptors, nfds_t(descriptors.count), Int32(seconds * 1_000)) > 0 else { return .nothing }
        if descriptors.count > 1, descriptors[1].revents != 0 {
            let count = rest.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
            // One that reads no more is about to end, which its output tells.
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EAGAIN, errno != EINTR { rest = [] }
        }
        guard descriptors[0].revents != 0 else { return .nothing }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = read(output, &chunk, chunk.count)
        guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothing : .ended }
        unread += chunk[..<count]
        if let line = takeLine() { return .line(line) }
        return unread.count > longestLine ? .flooded : .nothing
    }

    private mutating func takeLine() -> String? {
        guard let end = unread[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = unread.count
            return nil
        }
        let line = String(decoding: unread[..<end], as: UTF8.self)
        unread.removeSubrange(...end)
        searched = 0
        return line
    }

    /// Whether it has ended by itself; then nothing is left of it.
    mutating func reapIfEnded() -> Bool {
        guard ending == nil else { return true }
        var status: Int32 = 0
        let reaped = waitpid(pid, &status, WNOHANG)
        guard reaped != 0 else { return false }
        _ = conclude(reaped == pid ? Self.end(of: status) : .unknown)
        return true
    }

    /// Kills it and whatever it may have started, and waits for its end. How it ended where it was about to by itself.
    mutating func end() -> End {
        // Its output may close a moment before it is dead; how it died is worth that moment.
        for _ in 0..<20 {
            if reapIfEnded() { return ending ?? .unknown }
            guard isOutputClosed else { break }
            usleep(5_000)
        }
        kill(-pid, SIGKILL)
        kill(pid, SIGKILL)
        for _ in 0..<200 {
            if reapIfEnded() { return ending ?? .unknown }
            usleep(5_000)
        }
        // Asleep in the kernel: it dies when it wakes.
        return conclude(.unknown)
    }

    private mutating func conclude(_ end: End) -> End {
        close(input)
        close(output)
        ending = end
        return end
    }

    private var isOutputClosed: Bool {
        var descriptor = pollfd(fd: output, events: 0, revents: 0)
        return poll(&descriptor, 1, 0) > 0 && descriptor.revents & Int16(POLLHUP) != 0
    }

    /// By the macros of wait(2), which Swift does not see.
    private static func end(of status: Int32) -> End {
        let signal = status & 0x7F
        return signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
    }
}

/// A system call's `errno`.
struct SystemFault: Error {
    let code: Int32
    var reason: String { FileSystem.reason(code) }
}
