import Digests
import Foundation
import Reports

/// A run's folder name: `20261124T003012Z-3f9ac2b1`, the UTC second the job was claimed and the first 8 hex digits of
/// the SHA-256 of its manifest as run. Names sort by time; runs of one recipe share the digits. A second run of one
/// recipe within one second gets `-2` appended, the next `-3`.
package struct RunIdentifier: Sendable, Equatable, CustomStringConvertible {
    /// The folder's name.
    package let description: String

    /// The identifier of the run of `manifest` (its bytes, defaults filled in) that started at `startedAt`.
    package init(startedAt: Date, manifest: Data) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: startedAt)
        let stamp = String(
            format: "%04d%02d%02dT%02d%02d%02dZ", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0, parts.hour ?? 0,
            parts.minute ?? 0, parts.second ?? 0)
        description = "\(stamp)-\(SHA256.hexadecimal(of: manifest).prefix(8))"
    }

    /// Whether a folder of this name is a run's: an identifier, with how it ended behind it where it did not succeed.
    package static func isFolderName(_ name: String) -> Bool {
        let pattern = /\d{8}T\d{6}Z-[0-9a-f]{8}(?:-\d+)?(?:-failed|-rejected)?/
        return (try? pattern.wholeMatch(in: name)) != nil
    }

    /// Whether a folder of this name is that of a run that succeeded.
    package static func isSucceeded(_ name: String) -> Bool {
        isFolderName(name) && !name.hasSuffix("-failed") && !name.hasSuffix("-rejected")
    }

    private init(description: String) {
        self.description = description
    }

    /// The same run counted as the `ordinal`-th of its second.
    func counted(_ ordinal: Int) -> RunIdentifier {
        ordinal == 1 ? self : RunIdentifier(description: "\(description)-\(ordinal)")
    }

    /// The folder it is published as: only a succeeded run bears the bare identifier.
    package func folderName(_ status: RunStatus) -> String {
        status == .succeeded ? description : "\(description)-\(status.rawValue)"
    }
}
