extension Migration {
    /// What jobs want of the registry, and deliveries that tell of an alias (`tickets@champion`) and not of a job. SQLite
    /// cannot take a column's NOT NULL away: the table is made anew.
    static let aliasDeliveries = Migration(
        9, "9: wishes, deliveries of aliases",
        """
        ALTER TABLE jobs ADD COLUMN wishes TEXT;

        CREATE TABLE deliveries_new (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            hook TEXT NOT NULL,
            job TEXT REFERENCES jobs (id),
            alias TEXT,
            event TEXT NOT NULL,
            body TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'abandoned')),
            attempts INTEGER NOT NULL DEFAULT 0,
            due_at INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            finished_at INTEGER,
            last_result TEXT,
            kind TEXT,
            CHECK ((job IS NULL) <> (alias IS NULL))
        ) STRICT;
        INSERT INTO deliveries_new
            (sequence, id, hook, job, event, body, state, attempts, due_at, created_at, finished_at, last_result, kind)
            SELECT sequence, id, hook, job, event, body, state, attempts, due_at, created_at, finished_at, last_result,
                kind
            FROM deliveries;
        DROP TABLE deliveries;
        ALTER TABLE deliveries_new RENAME TO deliveries;
        CREATE INDEX deliveries_pending ON deliveries (hook, sequence) WHERE state = 'pending';
        CREATE INDEX deliveries_by_job ON deliveries (job);
        CREATE INDEX deliveries_ended ON deliveries (finished_at) WHERE state <> 'pending';
        """)
}
