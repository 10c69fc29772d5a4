import Common
import ForeignText
import Foundation
import Ledger
import Manifests
import OperatingSystem
import Pipeline

/// Whether what `after_promote` asks for can be written, and what of it has failed.
struct ExportCheck {
    let entries: [FollowUpConfiguration]

    /// What can be told of the entries by themselves.
    func findings() -> [Finding] {
        guard !entries.isEmpty else { return [Finding("after_promote", "nothing follows a promotion")] }
        return entries.map(finding)
    }

    /// What the ledger knows of them.
    func findings(_ failed: [LedgerInspection.FailedExport]) -> [Finding] {
        failed.map { export in
            Finding(
                "export \(export.entry) \(export.name)",
                "failed attempts: \(export.attempts); the last: \(ForeignText.line(export.reason))", .warning,
                advice: "`lorad registry exports` shows when it is tried again; with --retry it is at once.")
        }
    }

    private func finding(_ entry: FollowUpConfiguration) -> Finding {
        let name = "after_promote \(entry.name)"
        let value = "\(entry.export.rawValue) of \(entry.alias) below \(entry.output)"
        if let base = entry.base, !FileSystem.exists(base) {
            return Finding(
                name, value + "; there is no base \(base)", .problem,
                advice: "Correct `base`, or leave it out: the base is then where each version's run found it.")
        }
        let place = FileSystem.nearest(entry.output)
        guard FileSystem.isFolder(place), access(place, W_OK | X_OK) == 0 else {
            return Finding(
                name, value + ", NOT writable", .problem, advice: "Let the user that runs lorad write to \(place).")
        }
        return Finding(name, value)
    }
}
