import Foundation
import TestSupport

/// A program under way, its output in files.
final class RunningProcess {
    /// What it came to.
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String

        /// The last line of stdout, where `lorad run` says how the job ended.
        var lastLine: String { output.split(separator: "\n").last.map(String.init) ?? "" }
    }

    /// It did not end in time and was killed.
    struct Overdue: Error {
        let command: [String]
        let errors: String
    }

    private let process = Process()
    private let outputFile: String
    private let errorFile: String

    init(_ executable: String, _ arguments: [String], folder: String, environment: [String: String] = [:]) throws {
        let name = folder + "/" + UUID().uuidString
        (outputFile, errorFile) = (name + ".out", name + ".err")
        for file in [outputFile, errorFile] { _ = FileManager.default.createFile(atPath: file, contents: nil) }
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        // The process has copies of its own. A `Process` is never freed, nor what it holds: thousands of descriptors would
        // stay open, and with so many `run` reads behind a folder's entries (swift-corelibs-foundation #5472).
        let files = [outputFile, errorFile].map { FileHandle(forWritingAtPath: $0) }
        defer { for file in files { try? file?.close() } }
        (process.standardOutput, process.standardError) = (files[0], files[1])
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    var isRunning: Bool { process.isRunning }
    var output: String { read(outputFile) }
    var errors: String { read(errorFile) }

    var pid: Int32 { process.processIdentifier }

    /// Sends SIGTERM.
    func terminate() { send(SIGTERM) }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for its end; kills it where that does not come in time.
    func wait(within seconds: Double = 180) throws -> Outcome {
        guard eventually(within: seconds, { !process.isRunning }) else {
            kill(process.processIdentifier, SIGKILL)
            throw Overdue(command: process.arguments ?? [], errors: errors)
        }
        // A signal that killed it shows as its negative number.
        let status = process.terminationStatus
        return Outcome(
            status: process.terminationReason == .exit ? status : -status, output: output, errors: errors)
    }

    private func read(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
}
