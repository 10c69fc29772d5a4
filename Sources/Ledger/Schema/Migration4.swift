extension Migration {
    /// What deliveries need where hooks change under a running worker and ended deliveries are pruned: the kind that a
    /// body was made for (null in rows of an older lorad), and the failures of rows that are gone.
    static let deliveryKinds = Migration(
        4, "deliveries: kind, pruning",
        """
        ALTER TABLE deliveries ADD COLUMN kind TEXT;
        CREATE INDEX deliveries_ended ON deliveries (finished_at) WHERE state <> 'pending';

        CREATE TABLE webhook_failures (
            hook TEXT PRIMARY KEY,
            earlier INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """)
}
