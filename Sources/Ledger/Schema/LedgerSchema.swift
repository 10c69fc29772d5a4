import GRDB

/// One change of the ledger's tables. A released one is never edited.
///
/// Times are milliseconds since 1970, UTC. See https://www.sqlite.org/stricttables.html for STRICT.
struct Migration: Sendable {
    /// 1 for the first. The highest is the version of the ledger's tables.
    let number: Int
    /// As the ledger's file keeps it, for all time. From 6 on a name begins with its number, which is how an older lorad
    /// knows the version of a ledger that is newer than itself.
    let name: String
    let sql: String

    init(_ number: Int, _ name: String, _ sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }
}

/// The ledger's tables, as the changes that made them.
enum LedgerSchema {
    /// In the order of their numbers.
    static let migrations: [Migration] = [
        .jobsStagesDeliveries, .processes, .schedule, .deliveryKinds, .intake, .executions, .foreground,
        .registry, .aliasDeliveries, .pins,
    ]

    /// The version of the tables that this lorad writes.
    static var version: Int { migrations.count }

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for migration in migrations {
            migrator.registerMigration(migration.name) { try $0.execute(sql: migration.sql) }
        }
        return migrator
    }

    /// Why a ledger is newer than this lorad; nil where it is not.
    static func novelty(in database: Database) throws -> String? {
        let unknown = try migrator.appliedIdentifiers(database).subtracting(migrations.map(\.name)).sorted()
        guard !unknown.isEmpty else { return nil }
        let names = unknown.map { "'\($0)'" }.joined(separator: ", ")
        let theirs = unknown.compactMap { name in Int(name.prefix { $0 != ":" }) }.max()
        let found = theirs.map { "Its tables are of version \($0) (\(names))" } ?? "It holds the changes \(names)"
        return "\(found); the tables of this lorad are of version \(Self.version)."
    }
}
