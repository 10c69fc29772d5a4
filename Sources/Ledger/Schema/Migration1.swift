extension Migration {
    /// Jobs with their stages, and the webhooks still to be sent.
    static let jobsStagesDeliveries = Migration(
        1, "1: jobs, stages, deliveries",
        """
        CREATE TABLE jobs (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            manifest_file TEXT NOT NULL,
            manifest_text TEXT NOT NULL,
            manifest_sha256 TEXT NOT NULL,
            notify TEXT,
            state TEXT NOT NULL CHECK (state IN
                ('queued', 'running', 'interrupted', 'succeeded', 'failed', 'rejected', 'cancelled')),
            attempt INTEGER NOT NULL DEFAULT 0,
            crashes INTEGER NOT NULL DEFAULT 0,
            cancel_requested INTEGER NOT NULL DEFAULT 0,
            submitted_at INTEGER NOT NULL,
            started_at INTEGER,
            finished_at INTEGER,
            reason TEXT,
            run_folder TEXT,
            summary TEXT,
            log_path TEXT NOT NULL,
            worker_pid INTEGER,
            worker_start INTEGER,
            boot_id TEXT
        ) STRICT;
        CREATE INDEX jobs_by_state ON jobs (state, sequence);
        CREATE INDEX jobs_by_name ON jobs (name, sequence);

        CREATE TABLE stages (
            job TEXT NOT NULL REFERENCES jobs (id),
            attempt INTEGER NOT NULL,
            ordinal INTEGER NOT NULL,
            stage TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('running', 'finished')),
            started_at INTEGER NOT NULL,
            finished_at INTEGER,
            detail TEXT,
            PRIMARY KEY (job, attempt, ordinal)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE deliveries (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            hook TEXT NOT NULL,
            job TEXT NOT NULL REFERENCES jobs (id),
            event TEXT NOT NULL,
            body TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'abandoned')),
            attempts INTEGER NOT NULL DEFAULT 0,
            due_at INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            finished_at INTEGER,
            last_result TEXT
        ) STRICT;
        CREATE INDEX deliveries_pending ON deliveries (hook, sequence) WHERE state = 'pending';
        CREATE INDEX deliveries_by_job ON deliveries (job);

        CREATE TABLE disabled_hooks (
            hook TEXT PRIMARY KEY,
            disabled_at INTEGER NOT NULL,
            reason TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """)
}
