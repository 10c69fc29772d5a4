/// One slice, before and after: an entry of `slices` in report.json.
package struct SliceResult: Codable, Equatable, Sendable {
    package let name: String
    /// How many rows were scored.
    package let rows: Int
    /// How many rows were too long to be scored; they count in no figure, for base and adapter alike.
    package let overlong: Int
    package let base: SliceMetrics
    /// nil where no adapter was evaluated.
    package let adapter: SliceMetrics?
}
