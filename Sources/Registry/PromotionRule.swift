import Ledger
import Reports

/// What speaks against a promotion, short of what makes it impossible.
enum PromotionRule {
    /// Sentences; none where nothing does.
    ///
    /// - Parameters:
    ///   - report: the run's; nil where it cannot be read.
    ///   - current: the version that the alias leads to now.
    ///   - currentReport: its run's; nil where it cannot be read.
    static func objections(
        to version: AdapterVersion, _ report: RunReport?, replacing current: AdapterVersion?,
        _ currentReport: RunReport?
    ) -> [String] {
        var objections: [String] = []
        switch version.standing {
        case .published:
            if report?.isUnscored ?? true { objections.append("Nothing was scored: no gate has judged it.") }
        case .unverified:
            objections.append(
                "It was imported and has not passed parity on its base yet: `lorad verify \(version.reference)` proves it."
            )
        case .verified: break
        }
        if let current, current.baseSHA256 != version.baseSHA256 {
            objections.append(
                "It is for the base \(version.baseSHA256.prefix(12))…, \(current.reference) for "
                    + "\(current.baseSHA256.prefix(12))…: what serves must change its base too.")
        }
        if let current, let template = report?.provenance.chatTemplate?.sha256,
            let others = currentReport?.provenance.templates, !others.isEmpty, !others.contains(template)
        {
            objections.append(
                "It was trained with the chat template \(template.prefix(12))…, \(current.reference) with "
                    + "\(others[0].prefix(12))…: what serves must change its template too.")
        }
        return objections
    }
}

extension Provenance {
    /// SHA-256 of the chat templates that rows were written with: the manifest's, and those of its sources.
    fileprivate var templates: [String] { ([chatTemplate] + datasets.map(\.chatTemplate)).compactMap { $0?.sha256 } }
}
