extension Migration {
    /// Jobs that `lorad run` works on, which no worker takes; and the stamp that tells a name's nights apart (null where
    /// the manifest has none).
    static let foreground = Migration(
        7, "7: runs in the foreground, stamps",
        """
        ALTER TABLE jobs ADD COLUMN foreground INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE jobs ADD COLUMN stamp TEXT;
        """)
}
