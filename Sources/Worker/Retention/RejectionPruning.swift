import Common
import Foundation
import Glibc
import OperatingSystem

/// Removes old folders of `outbox/rejected`, by `retention.keep_rejected_days` of lorad.yaml.
package struct RejectionPruning: Sendable {
    private static let removing = ".pruned-"

    private let folder: String
    private let days: Int

    /// - Parameter folder: `outbox/rejected`.
    package init(folder: String, days: Int) {
        self.folder = folder
        self.days = days
    }

    /// Removes what is due; returns the folders. Each disappears by one rename.
    ///
    /// Only a folder that ends in a job's id is one of lorad's. It stays while that job is not at its end (it was
    /// retried), and for `days` from its making or the last change of its entries, whichever came later.
    ///
    /// - Parameter isAtEnd: whether nothing more happens to a job, or it is not known.
    package func prune(now: Date = Date(), isAtEnd: (String) throws -> Bool) throws -> [String] {
        guard FileSystem.isFolder(folder) else { return [] }
        let limit = now - Double(days) * 86_400
        var removed: [String] = []
        for name in try FileSystem.names(in: folder).sorted() {
            let path = folder + "/" + name
            if name.hasPrefix(Self.removing) {
                remove(path)
                continue
            }
            guard let job = Self.job(ofFolder: name), let status = FileSystem.status(path),
                status.st_mode & S_IFMT == S_IFDIR, Double(status.st_mtim.tv_sec) < limit.timeIntervalSince1970,
                job.admitted < limit, try isAtEnd(job.id)
            else { continue }
            let hidden = folder + "/" + Self.removing + name
            guard rename(path, hidden) == 0 else {
                throw WorkerError(.unwritable, "\(path) cannot be removed.", cause: FileSystem.reason())
            }
            remove(hidden)
            removed.append(path)
        }
        return removed
    }

    /// `NAME.20261124T002603Z-1a2b3c4d`, with `-2` and so on of a later attempt.
    private static func job(ofFolder name: String) -> (id: String, admitted: Date)? {
        guard let match = try? /.+\.(([0-9]{8}T[0-9]{6}Z)-[0-9a-f]{8})(?:-[0-9]+)?/.wholeMatch(in: name),
            let date = Timestamp.date(compact: String(match.2))
        else { return nil }
        return (String(match.1), date)
    }

    private func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}
