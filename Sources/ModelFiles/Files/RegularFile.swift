import Foundation

/// Reads whole files without trusting what is at their path: never waits for a pipe's writer, never reads a device.
package enum RegularFile {
    /// All bytes of a regular file.
    ///
    /// They are copied, not mapped: whoever cuts the file short meanwhile does not end the process.
    ///
    /// - Parameter limit: of bytes; a longer file is refused, even one that grows while it is read.
    /// - Throws: `ModelFilesError.missing` where there is no such regular file or it cannot be read, `.malformed` where
    ///   it is longer.
    package static func read(_ path: String, limit: Int) throws -> Data {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(path, String(cString: strerror(errno))) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard try FileIdentity(descriptor: descriptor, path: path).size <= limit else { throw tooLong(path, limit) }
        let data: Data
        do { data = try handle.read(upToCount: limit + 1) ?? Data() } catch {
            throw unreadable(path, error.localizedDescription)
        }
        guard data.count <= limit else { throw tooLong(path, limit) }
        return data
    }

    private static func unreadable(_ path: String, _ reason: String) -> ModelFilesError {
        ModelFilesError(.missing, "\(path) cannot be read: \(reason).")
    }

    private static func tooLong(_ path: String, _ limit: Int) -> ModelFilesError {
        ModelFilesError(.malformed, "\(path) has more than \(limit) bytes, which no such file needs.")
    }
}
