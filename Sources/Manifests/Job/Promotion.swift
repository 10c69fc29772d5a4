/// What becomes of a run that passes: `promote`.
package enum Promotion: String, Sendable, CaseIterable, Codable {
    /// It becomes the champion, where that is still the one that it was judged by; else a candidate.
    case auto
}

extension JobManifest {
    /// Whether a run that passes is promoted.
    package var isPromoted: Bool { promote == .auto }

    /// The gates, and what a promotion demands where none of them says how a run compares with the champion: that it is
    /// not worse by the loss on all rows.
    package var judgedGates: [Gate] {
        guard isPromoted, !gates.contains(where: { $0.reference == .champion }) else { return gates }
        var gate = Gate()
        (gate.metric, gate.notWorseThan) = (.loss, .champion)
        return gates + [gate]
    }

    /// The adapters that the run is held against.
    package var comparedAdapters: Set<GateReference> {
        Set(judgedGates.compactMap(\.reference)).intersection(GateReference.adapters)
    }

    /// `adapter.init_from`, where it names a version of the registry.
    package var initReference: String? {
        adapter.initFrom.flatMap { VersionReference.isMeant(by: $0) ? $0 : nil }
    }
}
