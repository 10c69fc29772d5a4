import Foundation

/// What there is to say at an event, before it takes a service's shape: `JobMessage` of jobs, `AliasMessage` of aliases.
package protocol HookMessage: Sendable {
    /// One line that says it.
    var title: String { get }
    /// Label and value, one line each.
    var facts: [(label: String, value: String)] { get }
    /// Why, in somebody's own words; nil where nothing is to be said.
    var reason: String? { get }
    /// Slices before and after; nil where there are none.
    var table: SliceTable? { get }
    /// Where the run's report is served; nil where there is none.
    var report: String? { get }
    /// How it is to be taken.
    var tone: MessageTone { get }
    var time: Date { get }
    /// The body for a program, of less than `GenericBody.limit` bytes: `type`, `timestamp` and `data`, as
    /// https://www.standardwebhooks.com recommends.
    func generic() throws -> String
}

/// How a message is to be taken, for services that colour it.
package enum MessageTone: Sendable, CaseIterable {
    case neutral, good, bad, warning, muted
}

/// An address of `report_url`'s server.
enum ReportAddress {
    /// The report of a run; nil where the outbox is not served.
    ///
    /// Its parts are lorad.yaml's own, a job's name and a run's, none of which holds anything but letters, digits and
    /// `._-`; another folder gets no link.
    static func of(_ folder: String?, below root: String?) -> String? {
        guard let root, let folder else { return nil }
        let parts = folder.split(separator: "/").suffix(2)
        let isPlain = parts.joined().utf8.allSatisfy { byte in
            byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
                || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") || "._-".utf8.contains(byte)
        }
        let place = root.hasSuffix("/") ? String(root.dropLast()) : root
        return parts.count == 2 && isPlain ? "\(place)/\(parts.joined(separator: "/"))/report.html" : nil
    }
}
