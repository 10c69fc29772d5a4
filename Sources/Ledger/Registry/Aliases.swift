import Foundation
import GRDB
import OperatingSystem

extension Ledger {
    /// The aliases of a name, in order.
    package func aliases(of name: String) throws -> [AdapterAlias] {
        try read("list the aliases of \(name)") { try Self.aliases(of: name, $0) }
    }

    /// Names that have aliases, in order.
    package func namesOfAliases() throws -> [String] {
        try read("list the names of aliases") { database in
            try String.fetchAll(database, sql: "SELECT DISTINCT name FROM aliases ORDER BY name")
        }
    }

    /// Moves aliases of a name, all of them or none, and remembers each move. Two that move one at the same time cannot
    /// both have seen where it led: the later one is told.
    ///
    /// - Parameter announcer: who is told of the first of the changes; the others follow from it.
    package func move(
        _ changes: [AliasChange], of name: String, by: String, reason: String? = nil, isForced: Bool = false,
        announcer: any AliasAnnouncer, now: Date = Date()
    ) throws -> AliasOutcome {
        try write("move the aliases of \(name)") { database in
            let current = try Self.aliases(of: name, database)
            let versions = try Self.versions(of: name, database)
            let usable = versions.filter { $0.retirement == nil }.map(\.number)
            for change in changes {
                let target = current.first { $0.alias == change.alias }?.target
                guard target == change.from else { return .elsewhere(alias: change.alias, target) }
                if let number = change.to.number, !usable.contains(number) { return .unusable(version: number) }
            }
            for change in changes {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO aliases (name, alias, version, moved_at) VALUES (?, ?, ?, ?)",
                    arguments: [name, change.alias, change.to.column, Timestamp.milliseconds(now)])
                try database.execute(
                    sql: """
                        INSERT INTO alias_moves
                            (name, alias, from_version, to_version, moved_at, moved_by, reason, forced)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        name, change.alias, change.from?.column, change.to.column, Timestamp.milliseconds(now), by,
                        reason, isForced,
                    ])
            }
            if let first = changes.first {
                let move = AliasMove(
                    alias: first.alias, from: first.from, to: first.to, date: now, by: by, reason: reason,
                    isForced: isForced)
                try Self.announce(move, name: name, versions: versions, by: announcer, in: database)
            }
            return .moved
        }
    }

    /// Every move of a name's aliases, or of one of them, the latest first.
    package func aliasMoves(of name: String, alias: String? = nil) throws -> [AliasMove] {
        try read("list the moves of \(name)'s aliases") { database in
            let sql = """
                SELECT * FROM alias_moves WHERE name = ?1 AND (?2 IS NULL OR alias = ?2) ORDER BY sequence DESC
                """
            return try Row.fetchAll(database, sql: sql, arguments: [name, alias]).map { row in
                AliasMove(
                    alias: row["alias"], from: (row["from_version"] as Int?).map(AliasTarget.init(column:)),
                    to: AliasTarget(column: row["to_version"]), date: Timestamp.date(row["moved_at"]),
                    by: row["moved_by"], reason: row["reason"], isForced: row["forced"])
            }
        }
    }

    static func aliases(of name: String, _ database: Database) throws -> [AdapterAlias] {
        let sql = "SELECT * FROM aliases WHERE name = ? ORDER BY alias"
        return try Row.fetchAll(database, sql: sql, arguments: [name]).map { row in
            AdapterAlias(
                alias: row["alias"], target: AliasTarget(column: row["version"]),
                movedAt: Timestamp.date(row["moved_at"]))
        }
    }
}
