extension Migration {
    /// Where a job's references to the registry led, found once: a retry keeps them, wherever aliases have moved since.
    static let pins = Migration(10, "10: pins", "ALTER TABLE jobs ADD COLUMN pins TEXT;")
}
