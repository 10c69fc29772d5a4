import Foundation

/// Rows of logits kept on disk between two models, so that only one model and one prompt's rows need memory at a time.
///
/// The file is unlinked while it is open: nothing is left behind, whatever happens.
final class LogitFile {
    private let handle: FileHandle
    private let path: String
    private let columns: Int
    /// Rows of each block that was written.
    private var blocks: [(offset: UInt64, rows: Int)] = []
    private var end: UInt64 = 0

    /// An empty file in `folder`, which must exist, for rows of `columns` values.
    init(folder: String, columns: Int) throws {
        path = folder
        self.columns = columns
        let file = folder + "/logits-\(UUID().uuidString)"
        let descriptor = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw EvaluationError(
                .missing, "No scratch file can be made in \(folder).", cause: String(cString: strerror(errno)))
        }
        unlink(file)
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Appends the rows of the next prompt.
    func append(_ rows: [[Float]]) throws {
        var data = Data(capacity: rows.count * columns * MemoryLayout<Float>.size)
        for row in rows {
            precondition(row.count == columns)
            row.withUnsafeBytes { data.append(contentsOf: $0) }
        }
        do {
            try handle.seek(toOffset: end)
            try handle.write(contentsOf: data)
        } catch {
            throw EvaluationError(.missing, "The scratch file in \(path) cannot be written.", cause: "\(error)")
        }
        blocks.append((end, rows.count))
        end += UInt64(data.count)
    }

    /// The rows of prompt `index`, as they were appended.
    func rows(_ index: Int) throws -> [[Float]] {
        let block = blocks[index]
        let rowBytes = columns * MemoryLayout<Float>.size
        try handle.seek(toOffset: block.offset)
        return try (0..<block.rows).map { _ in
            guard let data = try handle.read(upToCount: rowBytes), data.count == rowBytes else {
                throw EvaluationError(.missing, "The scratch file in \(path) has become shorter.")
            }
            return [Float](unsafeUninitializedCapacity: columns) { buffer, count in
                count = data.copyBytes(to: buffer) / MemoryLayout<Float>.size
            }
        }
    }
}
