extension Migration {
    /// What jobs in processes of their own need: who runs them, signs of life, retries, and a queue with priorities that
    /// can be paused.
    static let processes = Migration(
        2, "2: job processes, priority, retries, pause",
        """
        ALTER TABLE jobs ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE jobs ADD COLUMN retries INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE jobs ADD COLUMN not_before INTEGER;
        ALTER TABLE jobs ADD COLUMN child_pid INTEGER;
        ALTER TABLE jobs ADD COLUMN child_start INTEGER;
        ALTER TABLE jobs ADD COLUMN heartbeat_at INTEGER;
        ALTER TABLE jobs ADD COLUMN memory_bytes INTEGER;
        CREATE INDEX jobs_queue ON jobs (priority DESC, sequence) WHERE state = 'queued';
        CREATE INDEX jobs_by_content ON jobs (manifest_sha256, sequence);

        CREATE TABLE queue (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            paused_at INTEGER
        ) STRICT;
        INSERT INTO queue (id) VALUES (1);
        """)
}
