import Common
import Executors
import Foundation
import Glibc
import Manifests
import OperatingSystem
import Synchronization
import Webhooks

/// The worker's side of the intake's process: one that lives for many orders, is replaced when it dies, and is killed
/// when it takes too long over one, or must read other files than it was started for. Dies with this object.
package final class IntakeChild: IntakeReader {
    /// How patient it is; in seconds.
    package struct Patience: Sendable {
        /// For a manifest.
        package var order = 10.0
        /// Without a sign that bytes are being read, for what is hashed.
        package var silence = 60.0
        /// For a new process to say that it can work.
        package var start = 30.0

        package init() {}
    }

    /// Processes that one order is given to: the first may have been started before its files were replaced.
    private static let mostProcesses = 3

    /// Seconds between two questions whether the answer is still wanted.
    private static let tick = 0.1

    private let executable: String
    private let arguments: [String]
    private let environment: [String: String]
    /// Where its standard error goes: the last that a process wrote says why it died.
    private let errorFile: String
    private let patience: Patience
    private let running = Mutex<Running?>(nil)

    /// A process that said it can work, and what it may read.
    private struct Running: Sendable {
        var process: PipedProcess
        let files: IntakeFiles
    }

    /// - Parameters:
    ///   - executable: what is started, at the first order.
    ///   - errorFile: made, and emptied whenever a process is started.
    package init(
        executable: String, arguments: [String], environment: [String: String], errorFile: String,
        patience: Patience = Patience()
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.errorFile = errorFile
        self.patience = patience
    }

    deinit { running.withLock { _ = $0?.process.end() } }

    package func answer(_ order: IntakeOrder, isWanted: () throws -> Bool) throws -> IntakeAnswer {
        let line = try Array((MessageLine.text(order) + "\n").utf8)
        let files = order.files
        return try running.withLock { running in
            // One that died idle has nothing to do with this order.
            if let ended = running?.process.reapIfEnded(), ended { running = nil }
            if let other = running, other.files != files {
                _ = running?.process.end()
                running = nil
            }
            for _ in 0..<Self.mostProcesses {
                var child = try running?.process ?? start(for: files, isWanted)
                running = nil
                do {
                    let answer = try hold(&child, sending: line, for: order.request, isWanted)
                    if answer != .outdated {
                        running = Running(process: child, files: files)
                        return answer
                    }
                    _ = child.end()
                } catch {
                    _ = child.end()
                    throw error
                }
            }
            // Not the manifest's fault: whoever replaces them ends some time.
            throw IntakeFault.unavailable("It said \(Self.mostProcesses) times that its files had been replaced.")
        }
    }

    private func start(for files: IntakeFiles, _ isWanted: () throws -> Bool) throws -> PipedProcess {
        let line = try Array((MessageLine.text(files) + "\n").utf8)
        let errors = Glibc.open(errorFile, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard errors >= 0 else {
            throw IntakeFault.unavailable("\(errorFile) cannot be written: \(FileSystem.reason())")
        }
        defer { close(errors) }
        var child: PipedProcess
        do throws(SystemFault) {
            child = try PipedProcess(executable, arguments, environment: environment, errors: errors)
        } catch {
            throw IntakeFault.unavailable("\(executable): \(error.reason)")
        }
        do {
            guard case .ready = try converse(&child, sending: line, limit: patience.start, isPatient: false, isWanted)
            else { throw IntakeFault.died("did not say that it can work") }
            return child
        } catch IntakeFault.died(let how) {
            _ = child.end()
            throw IntakeFault.unavailable("It \(how).")
        } catch {
            _ = child.end()
            throw error
        }
    }

    private func hold(
        _ child: inout PipedProcess, sending line: [UInt8], for request: IntakeRequest, _ isWanted: () throws -> Bool
    ) throws -> IntakeAnswer {
        let answer: IntakeAnswer
        if case .compare = request {
            answer = try converse(&child, sending: line, limit: patience.silence, isPatient: true, isWanted)
        } else {
            answer = try converse(&child, sending: line, limit: patience.order, isPatient: false, isWanted)
        }
        switch (request, answer) {
        case (_, .outdated), (.inspect, .inspected), (.prepare, .prepared), (.prepare, .failed), (.compare, .compared),
            (.compare, .failed):
            return answer
        default: throw IntakeFault.died("answered what was not asked")
        }
    }

    /// Sends, and waits for a line that is not a mere sign of life.
    ///
    /// - Parameter isPatient: whether signs of life make the wait begin anew.
    private func converse(
        _ child: inout PipedProcess, sending line: [UInt8], limit: Double, isPatient: Bool,
        _ isWanted: () throws -> Bool
    ) throws -> IntakeAnswer {
        var rest = line[...]
        // A turn that took long is one in which this process was stopped, and the other perhaps with it.
        func clock() -> AttendedTime {
            AttendedTime(now: ProcessInfo.processInfo.systemUptime, longestStep: 2 * Self.tick)
        }
        var waited = clock()
        while true {
            switch child.turn(sending: &rest, seconds: Self.tick, longestLine: IntakeAnswer.longestLine) {
            case .line(let text):
                guard let answer = IntakeAnswer.read(text) else {
                    throw IntakeFault.died("answered what cannot be understood")
                }
                guard answer == .reading else { return answer }
                if isPatient { waited = clock() }
            case .flooded: throw IntakeFault.died("answered more than any manifest can take")
            case .ended: throw IntakeFault.died(child.end().inWords + lastError())
            case .nothing: break
            }
            let seconds = waited.look(now: ProcessInfo.processInfo.systemUptime)
            guard try isWanted() else { throw IntakeFault.givenUp }
            guard seconds < limit else {
                throw IntakeFault.died("was ended after \(TableFigure.text(limit, decimals: 0)) s without an answer")
            }
        }
    }

    private func lastError() -> String {
        LastLine.of(errorFile).map { "; it last wrote: \($0)" } ?? ""
    }
}

extension IntakeChild {
    /// This program as the intake's process; the link is followed in the new process, before it becomes another.
    ///
    /// - Parameters:
    ///   - configuration: says where the state folder is, and which variables of the environment hold secrets.
    ///   - purpose: names the file of what it last wrote: of two that live at the same time each has its own.
    package convenience init(_ configuration: WorkerConfiguration, for purpose: String) {
        self.init(
            executable: "/proc/self/exe", arguments: ["intake-process"],
            environment: ChildEnvironment.filter(ProcessInfo.processInfo.environment, for: configuration),
            errorFile: configuration.state + "/\(purpose).stderr")
    }
}
