/// Names that slices have whatever the data says.
package enum SliceName {
    /// The slice of every row, which is reported first.
    package static let all = "all"
}
