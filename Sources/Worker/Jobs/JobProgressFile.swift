import Foundation
import OperatingSystem
import Pipeline
import Views

extension JobProgress {
    private static let mostBytes = 65_536

    /// Nil where there is none, or none that can be read.
    static func read(_ path: String) -> JobProgress? {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        guard let data = BoundedFile.read(path, limit: mostBytes) else { return nil }
        return try? decoder.decode(JobProgress.self, from: data)
    }

    /// By rename, so that a reader never sees half; not flushed, as it is of no use after a crash.
    func write(_ path: String) throws {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = .sortedKeys
        try FileSystem.replaceFile(encoder.encode(self), at: path)
    }
}
