import Common
import ForeignText
import Foundation
import Ledger
import OperatingSystem

/// What there is to say of an export that is in its place: `tickets@champion, merged: version 17 is ready`.
package struct ExportMessage: HookMessage {
    private let content: Content
    package let time: Date
    private let host: String

    private struct Content: Encodable {
        let name: String
        let alias: String
        /// Absent where the alias leads to the bare base: then nothing is served.
        let version: Int?
        let base: Bool
        let entry: String
        let export: String
        /// The link that a server follows; absent where nothing is served.
        let current: String?
        /// Where it leads.
        let folder: String?
        var host = ""
    }

    /// - Parameters:
    ///   - entry: what lorad.yaml calls it.
    ///   - current: the link that a server follows; nil where nothing is served.
    ///   - folder: where it leads.
    ///   - host: nil for this machine's name.
    package init(
        name: String, alias: String, target: AliasTarget, entry: String, export: String, current: String?,
        folder: String?, time: Date, host: String? = nil
    ) {
        self.time = time
        self.host = host ?? MessageHost.name
        content = Content(
            name: ForeignText.cut(name, to: 256), alias: alias, version: target.number, base: target == .base,
            entry: entry, export: export, current: current.map { ForeignText.cut($0, to: 4_096) },
            folder: folder.map { ForeignText.cut($0, to: 4_096) }, host: self.host)
    }

    package var title: String {
        let what = content.version.map { "version \($0) is ready" } ?? "nothing is served, it is the bare base"
        return "\(ForeignText.line(content.name))@\(content.alias), \(content.export): \(what)"
    }

    package var facts: [(label: String, value: String)] {
        [("entry", content.entry), ("host", ForeignText.line(host))]
            + (content.current.map { [("folder", ForeignText.line($0))] } ?? [])
    }

    package var reason: String? { nil }
    package var table: SliceTable? { nil }
    package var report: String? { nil }
    package var tone: MessageTone { content.base ? .warning : .neutral }

    package func generic() throws -> String {
        try CompactJSON.encode(
            Body(type: Ledger.exportReady, timestamp: Timestamp.text(time), data: content))
    }

    private struct Body: Encodable {
        let type: String
        let timestamp: String
        let data: Content
    }
}
