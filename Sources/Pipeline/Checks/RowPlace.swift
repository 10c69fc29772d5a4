/// Where a row stands.
struct RowPlace {
    let file: String
    /// From 1.
    let line: Int
}
