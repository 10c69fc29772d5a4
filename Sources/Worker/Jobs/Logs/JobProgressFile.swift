import Common
import Foundation
import OperatingSystem
import Pipeline
import Views

extension JobProgress {
    private static let mostBytes = 65_536

    /// Nil where there is none, or none that can be read.
    static func read(_ path: String) -> JobProgress? {
        guard let data = BoundedFile.read(path, limit: mostBytes) else { return nil }
        return try? JSONCoding.decoder().decode(JobProgress.self, from: data)
    }

    /// By rename, so that a reader never sees half; not flushed, as it is of no use after a crash.
    func save(to path: String) throws {
        try AtomicFile.replace(JSONCoding.encoder(.line).encode(self), at: path)
    }
}
