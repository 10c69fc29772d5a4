extension Migration {
    /// The registry: versions, aliases, and how these moved. Version 0 stands for the bare base.
    static let registry = Migration(
        8, "8: versions, aliases",
        """
        CREATE TABLE adapter_versions (
            name TEXT NOT NULL,
            number INTEGER NOT NULL CHECK (number > 0),
            run TEXT NOT NULL UNIQUE,
            digest TEXT NOT NULL,
            base_sha256 TEXT NOT NULL,
            tokenizer_sha256 TEXT NOT NULL,
            published_at INTEGER NOT NULL,
            retired_at INTEGER,
            retired_because TEXT,
            PRIMARY KEY (name, number)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE aliases (
            name TEXT NOT NULL,
            alias TEXT NOT NULL,
            version INTEGER NOT NULL CHECK (version >= 0),
            moved_at INTEGER NOT NULL,
            PRIMARY KEY (name, alias)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE alias_moves (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            alias TEXT NOT NULL,
            from_version INTEGER,
            to_version INTEGER NOT NULL,
            moved_at INTEGER NOT NULL,
            moved_by TEXT NOT NULL,
            reason TEXT,
            forced INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX alias_moves_by_name ON alias_moves (name, sequence);
        """)
}
