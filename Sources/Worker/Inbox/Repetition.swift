import Foundation

/// Whether a manifest is a job that the ledger has already.
struct Repetition {
    let ledger: Ledger

    /// The job that a manifest of these bytes would only repeat; nil where it is worth a job of its own.
    ///
    /// The same content twice is one job while the first waits, and after it was started unless one of the files it
    /// reads has changed since then: a nightly drop of one manifest over fresh data trains again.
    func job(sha256: String, inputs: [String]) throws -> JobRecord? {
        guard let job = try ledger.job(ofContent: sha256) else { return nil }
        guard job.state == .running || job.state == .succeeded, let start = job.startedAt else { return job }
        return inputs.contains { Self.lastChange($0).map { $0 > start } ?? true } ? nil : job
    }

    /// When a file, or any file right inside a folder, last changed, by the inode's own time, which no sender can set
    /// back; nil where it is gone.
    private static func lastChange(_ path: String) -> Date? {
        func date(_ path: String) -> Date? {
            FileSystem.status(path, followingLinks: true).map {
                Date(timeIntervalSince1970: Double($0.st_ctim.tv_sec) + Double($0.st_ctim.tv_nsec) / 1e9)
            }
        }
        guard let own = date(path) else { return nil }
        guard FileSystem.isFolder(path), let names = try? FileSystem.names(in: path) else { return own }
        return names.compactMap { date(path + "/" + $0) }.reduce(own, max)
    }
}
