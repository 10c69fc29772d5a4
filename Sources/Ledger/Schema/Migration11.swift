extension Migration {
    /// What is said of versions after they were published, whether an imported one has been proven, and what is to be
    /// done after an alias has moved (`after_promote`).
    static let remarks = Migration(
        11, "11: remarks on versions, imported versions, what follows a promotion",
        """
        ALTER TABLE adapter_versions ADD COLUMN standing TEXT NOT NULL DEFAULT 'published'
            CHECK (standing IN ('published', 'unverified', 'verified'));

        CREATE TABLE version_remarks (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            number INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('tag', 'untag', 'note', 'imported', 'verified', 'removed')),
            key TEXT,
            text TEXT,
            made_at INTEGER NOT NULL,
            made_by TEXT NOT NULL,
            CHECK ((key IS NULL) = (kind NOT IN ('tag', 'untag')))
        ) STRICT;
        CREATE INDEX version_remarks_by_name ON version_remarks (name, sequence);

        CREATE TABLE follow_ups (
            entry TEXT NOT NULL,
            name TEXT NOT NULL,
            label TEXT NOT NULL,
            target INTEGER NOT NULL CHECK (target >= 0),
            state TEXT NOT NULL CHECK (state IN ('pending', 'done')),
            attempts INTEGER NOT NULL DEFAULT 0,
            due_at INTEGER NOT NULL,
            wanted_at INTEGER NOT NULL,
            finished_at INTEGER,
            last_result TEXT,
            PRIMARY KEY (entry, name)
        ) STRICT, WITHOUT ROWID;
        """)
}
