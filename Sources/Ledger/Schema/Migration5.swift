extension Migration {
    /// What intake needs where others drop manifests: who owned the file (a user's number; null in rows of an older lorad),
    /// how many bytes of text the row keeps, and how often reading a claim took down the process that reads them.
    static let intake = Migration(
        5, "intake: owners, sizes of manifests, deaths of their reader",
        """
        ALTER TABLE jobs ADD COLUMN owner INTEGER;
        ALTER TABLE jobs ADD COLUMN manifest_bytes INTEGER NOT NULL DEFAULT 0;
        UPDATE jobs SET manifest_bytes = length(CAST(manifest_text AS BLOB));
        CREATE INDEX jobs_manifests ON jobs (state, finished_at, manifest_bytes) WHERE manifest_bytes > 0;

        CREATE TABLE reading_deaths (
            claim TEXT PRIMARY KEY,
            deaths INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """)
}
