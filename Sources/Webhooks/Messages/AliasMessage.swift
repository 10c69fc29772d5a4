import Common
import ForeignText
import Foundation
import Ledger
import OperatingSystem

/// What there is to say of an alias that moved: `tickets@champion is 17, it was 16`.
package struct AliasMessage: HookMessage {
    private let move: AliasMove
    private let name: String
    private let from: AdapterVersion?
    private let to: AdapterVersion?
    private let host: String
    private let reportURL: String?

    /// - Parameters:
    ///   - from: the version that it led to; nil where that was the base, or nothing.
    ///   - host: nil for this machine's name.
    ///   - reportURL: `report_url` of lorad.yaml.
    package init(
        _ move: AliasMove, name: String, from: AdapterVersion?, to: AdapterVersion?, host: String? = nil,
        reportURL: String? = nil
    ) {
        self.move = move
        self.name = name
        self.from = from
        self.to = to
        self.host = host ?? MessageHost.name
        self.reportURL = reportURL
    }

    package var title: String {
        let was = move.from.map { ", it was \(Self.words($0))" } ?? ""
        return "\(ForeignText.line(name))@\(move.alias) is \(Self.words(move.to))\(was)"
    }

    private static func words(_ target: AliasTarget) -> String {
        target.number.map(String.init) ?? "the bare base"
    }

    package var facts: [(label: String, value: String)] {
        var facts = [("moved by", ForeignText.line(move.by) + (move.isForced ? ", who insisted" : ""))]
        facts.append(("host", ForeignText.line(host)))
        if let to { facts.append(("folder", ForeignText.line(to.run))) }
        return facts
    }

    package var reason: String? { move.reason }
    package var table: SliceTable? { nil }
    package var report: String? { ReportAddress.of(to?.run, below: reportURL) }
    package var tone: MessageTone { move.to == .base ? .warning : .neutral }
    package var time: Date { move.date }

    package func generic() throws -> String {
        try CompactJSON.encode(
            Body(
                type: Ledger.aliasMoved, timestamp: Timestamp.text(time),
                data: Content(
                    name: ForeignText.cut(name, to: 256), alias: move.alias, from: Target(move.from, from),
                    to: Target(move.to, to), by: ForeignText.cut(move.by, to: 256), forced: move.isForced,
                    reason: move.reason.map { ForeignText.cut($0, to: 1_000) }, host: host,
                    reportURL: report)))
    }

    private struct Body: Encodable {
        let type: String
        let timestamp: String
        let data: Content
    }

    private struct Content: Encodable {
        let name: String
        let alias: String
        /// Absent where there was no such alias before.
        let from: Target?
        let to: Target?
        let by: String
        /// Whether somebody insisted, against what spoke against it.
        let forced: Bool
        let reason: String?
        let host: String
        let reportURL: String?

        private enum CodingKeys: String, CodingKey {
            case name, alias, from, to, by, forced, reason, host
            case reportURL = "report_url"
        }
    }

    /// A version, or the bare base.
    private struct Target: Encodable {
        let base: Bool
        let version: Int?
        /// The run's folder, from the outbox.
        let run: String?
        /// SHA-256 of the run's `SHA256SUMS`.
        let sha256: String?
        let baseSHA256: String?

        init?(_ target: AliasTarget?, _ version: AdapterVersion?) {
            guard let target else { return nil }
            base = target == .base
            self.version = target.number
            run = version.map { ForeignText.cut($0.run, to: 256) }
            sha256 = version?.digest
            baseSHA256 = version?.baseSHA256
        }

        private enum CodingKeys: String, CodingKey {
            case base, version, run, sha256
            case baseSHA256 = "base_sha256"
        }
    }
}
