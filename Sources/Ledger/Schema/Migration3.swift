extension Migration {
    /// The entries of `schedule`, and the times at which they came due.
    static let schedule = Migration(
        3, "schedule: entries and runs",
        """
        CREATE TABLE schedules (
            entry TEXT PRIMARY KEY,
            rule TEXT NOT NULL,
            handled_until INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE scheduled_runs (
            entry TEXT NOT NULL,
            due_at INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('decided', 'submitted', 'unchanged', 'missed', 'failed')),
            detail TEXT,
            PRIMARY KEY (entry, due_at)
        ) STRICT, WITHOUT ROWID;
        """)
}
