import Foundation

/// Reads whole files without trusting what is at their path: never waits for a pipe's writer, never reads a device.
package enum RegularFile {
    /// All bytes of a regular file.
    ///
    /// They are copied, not mapped: whoever cuts the file short meanwhile does not end the process.
    ///
    /// - Parameters:
    ///   - limit: of bytes; a longer file is refused, even one that grows while it is read.
    ///   - rule: which files may be read.
    /// - Throws: `ModelFilesError.missing` where there is no such regular file or it cannot be read, `.malformed` where
    ///   it is longer, `.forbidden` where the rule refuses it.
    package static func read(_ path: String, limit: Int, rule: ReadingRule = .anything) throws -> Data {
        try read(OpenedFile(path, rule: rule), limit: limit)
    }

    /// The same of a file that is open, from its beginning.
    static func read(_ file: OpenedFile, limit: Int) throws -> Data {
        guard try file.identity().size <= limit else { throw tooLong(file.path, limit) }
        let handle = FileHandle(fileDescriptor: file.descriptor, closeOnDealloc: false)
        let data: Data
        do { data = try handle.read(upToCount: limit + 1) ?? Data() } catch {
            throw ModelFilesError(.missing, "\(file.path) cannot be read: \(error.localizedDescription).")
        }
        guard data.count <= limit else { throw tooLong(file.path, limit) }
        return data
    }

    static func tooLong(_ path: String, _ limit: Int) -> ModelFilesError {
        ModelFilesError(.malformed, "\(path) has more than \(limit) bytes, which no such file needs.")
    }
}
