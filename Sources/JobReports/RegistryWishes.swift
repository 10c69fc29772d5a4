/// What a job wants of the registry, which its own process does not see. It is said when the manifest is admitted.
package struct RegistryWishes: Codable, Sendable, Equatable {
    /// What the adapter goes on from, where that is a reference to a version: `tickets@champion`.
    package var initFrom: String?
    /// Whether a run that succeeds is to become the champion.
    package var isPromoted: Bool

    package init(initFrom: String? = nil, isPromoted: Bool = false) {
        (self.initFrom, self.isPromoted) = (initFrom, isPromoted)
    }

    /// Bytes of a reference: a name, an @, and a digest.
    private static let longestReference = 256

    /// Whether it says no more than a manifest can.
    package var isBounded: Bool { initFrom?.utf8.count ?? 0 <= Self.longestReference }

    private enum CodingKeys: String, CodingKey {
        case initFrom = "init_from"
        case isPromoted = "promote"
    }
}
