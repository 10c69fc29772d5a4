import Common
import Digests
import Foundation
import Ledger
import Manifests
import OperatingSystem

/// Where an entry of `after_promote` keeps its exports of a name: `OUTPUT/NAME/v17-1a2b3c4d`, and `current`, the link to
/// the one that serves.
struct ExportPlace {
    static let link = "current"
    /// What it is on its way to.
    private static let temporary = ".current"

    /// `OUTPUT/NAME`.
    let folder: String

    init(_ entry: FollowUpConfiguration, name: String) { folder = "\(entry.output)/\(name)" }

    var current: String { "\(folder)/\(Self.link)" }

    /// The folder's name for a version: what was exported by other settings has another.
    ///
    /// - Throws: what writing the settings down throws, which is nothing.
    static func name(of version: AdapterVersion, by entry: FollowUpConfiguration) throws -> String {
        var recipe = FollowUpConfiguration()
        (recipe.export, recipe.base, recipe.type) = (entry.export, entry.base, entry.type)
        (recipe.dtype, recipe.maxKL) = (entry.dtype, entry.maxKL)
        let text = try CompactJSON.encode(recipe)
        let fingerprint = SHA256.hexadecimal(of: Data("\(version.digest)\n\(text)".utf8))
        return "v\(version.number)-\(fingerprint.prefix(8))"
    }

    /// Whether the link leads to an export that is there.
    func serves(_ name: String) -> Bool {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: current)) == name
            && FileSystem.isRealFolder("\(folder)/\(name)")
    }

    /// Makes the link lead to an export, in one step; for nil takes it away.
    ///
    /// - Throws: `WorkerError.export` where something else has its name; `SystemError.unwritable`.
    func point(at name: String?) throws {
        if FileSystem.exists(current), (try? FileManager.default.destinationOfSymbolicLink(atPath: current)) == nil {
            throw WorkerError(
                .export, "\(current) is no link.", advice: "Move it away: it is to lead to the export that serves.")
        }
        guard let name else {
            unlink(current)
            return
        }
        try Durable.link(current, to: name, through: "\(folder)/\(Self.temporary)")
    }

    /// Removes what crashes left, and earlier exports, the latest `keep` of which stay. Each disappears by one rename.
    func tidy(keep: Int) throws {
        guard FileSystem.isFolder(folder) else { return }
        let serving = try? FileManager.default.destinationOfSymbolicLink(atPath: current)
        let names = try FileSystem.names(in: folder)
        for name in names where Self.isLeftover(name) {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
        let others = names.filter { Self.isExport($0) && $0 != serving }
            .sorted { Self.time("\(folder)/\($0)") > Self.time("\(folder)/\($1)") }
        for name in others.dropFirst(keep) {
            let hidden = "\(folder)/.pruned-\(name)"
            try Durable.renameUnsynchronized("\(folder)/\(name)", to: hidden)
            try? FileManager.default.removeItem(atPath: hidden)
        }
    }

    private static func isExport(_ name: String) -> Bool { name.wholeMatch(of: /v\d+-[0-9a-f]{8}/) != nil }

    private static func isLeftover(_ name: String) -> Bool {
        name.wholeMatch(of: /\.(pruned-)?v\d+-[0-9a-f]{8}(\.partial-\d+)?/) != nil
    }

    private static func time(_ path: String) -> Double {
        guard let status = FileSystem.status(path) else { return 0 }
        return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
    }
}
