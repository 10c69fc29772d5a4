import Common
import Foundation
import Glibc
import OperatingSystem

/// Text that must not be seen: it does not print, reflect or encode.
package struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let value: String

    package init(_ value: String) { self.value = value }

    /// The text, for the one call that needs it.
    package func reveal() -> String { value }

    package var description: String { "(secret)" }
    package var debugDescription: String { "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension SecretSource {
    /// No URL or key is longer.
    private static let largestSize = 8_192

    /// Reads the secret. `owner` names in messages what it is for; messages never hold what was read.
    package func read(for owner: String, environment: [String: String]) throws -> Secret {
        let text: String
        switch self {
        case .environment(let name):
            guard let value = environment[name] else {
                throw WorkerError(.webhook, "The environment variable \(name), for \(owner), is not set.")
            }
            text = value
        case .file(let path):
            text = try Self.readFile(path, for: owner)
        }
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !trimmed.isEmpty else { throw WorkerError(.webhook, "What was read for \(owner) is empty.") }
        return Secret(trimmed)
    }

    private static func readFile(_ path: String, for owner: String) throws -> String {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw WorkerError(
                .webhook, "The file \(path), for \(owner), cannot be read.", cause: FileSystem.reason())
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        // Asked of the open file, so that nothing can be exchanged between the question and the reading.
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw WorkerError(.webhook, "\(path), for \(owner), is not a regular file.")
        }
        guard status.st_mode & 0o077 == 0, status.st_uid == geteuid() || status.st_uid == 0 else {
            let mode = String(status.st_mode & 0o777, radix: 8)
            throw WorkerError(
                .webhook, "The file \(path), for \(owner), can be read by others: its mode is 0\(mode), expected 0600.",
                advice: "chmod 600 it, and let the worker's user own it.")
        }
        guard let data = try? handle.read(upToCount: largestSize + 1), data.count <= largestSize,
            let text = String(data: data, encoding: .utf8)
        else {
            throw WorkerError(.webhook, "The file \(path), for \(owner), does not hold a line of text.")
        }
        return text
    }
}
