import Foundation

/// Where an alias leads.
package enum AliasTarget: Sendable, Equatable {
    /// No adapter at all.
    case base
    case version(Int)

    /// As the ledger keeps it: 0 for the base.
    init(column: Int) { self = column == 0 ? .base : .version(column) }

    var column: Int {
        switch self {
        case .base: 0
        case .version(let number): number
        }
    }

    package var number: Int? { if case .version(let number) = self { number } else { nil } }
}

/// A name that is moved from version to version: `champion`.
package struct AdapterAlias: Sendable, Equatable {
    package let alias: String
    package let target: AliasTarget
    package let movedAt: Date
}

/// One move of an alias, as it is remembered.
package struct AliasMove: Sendable, Equatable {
    package let alias: String
    /// Nil where there was no such alias before.
    package let from: AliasTarget?
    package let to: AliasTarget
    package let date: Date
    /// Who did it: a user of the machine, or lorad itself.
    package let by: String
    package let reason: String?
    /// Whether somebody insisted, against what spoke against it.
    package let isForced: Bool

    /// - Parameters: as the properties.
    package init(
        alias: String, from: AliasTarget?, to: AliasTarget, date: Date, by: String, reason: String? = nil,
        isForced: Bool = false
    ) {
        self.alias = alias
        self.from = from
        self.to = to
        self.date = date
        self.by = by
        self.reason = reason
        self.isForced = isForced
    }
}

/// A move that is asked for.
package struct AliasChange: Sendable, Equatable {
    package let alias: String
    /// Where it leads, as whoever asks saw it; nil for nowhere yet.
    package let from: AliasTarget?
    package let to: AliasTarget

    package init(_ alias: String, from: AliasTarget?, to: AliasTarget) {
        (self.alias, self.from, self.to) = (alias, from, to)
    }
}

/// What came of moves that were asked for.
package enum AliasOutcome: Sendable, Equatable {
    case moved
    /// Nothing was moved: this alias leads elsewhere than whoever asked had seen.
    case elsewhere(alias: String, AliasTarget?)
    /// Nothing was moved: there is no such version, or it is retired.
    case unusable(version: Int)
}
