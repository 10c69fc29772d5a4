import GRDB

/// Who is told of aliases that move, asked in the transaction that moves them.
package protocol AliasAnnouncer: Sendable {
    /// What is to be delivered of a move, in order.
    ///
    /// - Parameters:
    ///   - from: the version that it led to; nil where that was the base, or nothing.
    ///   - to: the version that it leads to; nil for the base.
    ///   - disabled: hooks that hear of nothing.
    func deliveries(
        of move: AliasMove, name: String, from: AdapterVersion?, to: AdapterVersion?, disabled: Set<String>
    ) throws -> [NewDelivery]
}

extension Ledger {
    /// Writes the deliveries of an alias's move.
    static func announce(
        _ move: AliasMove, name: String, versions: [AdapterVersion], by announcer: any AliasAnnouncer,
        in database: Database
    ) throws {
        func version(_ target: AliasTarget?) -> AdapterVersion? { versions.first { $0.number == target?.number } }
        let deliveries = try announcer.deliveries(
            of: move, name: name, from: version(move.from), to: version(move.to),
            disabled: try disabledHooks(in: database))
        try insert(
            deliveries, alias: "\(name)@\(move.alias)", event: aliasMoved, in: database, now: move.date)
    }

    /// The event of a delivery that tells of an alias.
    package static let aliasMoved = "alias.moved"
}
