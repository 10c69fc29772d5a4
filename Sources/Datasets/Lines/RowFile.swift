/// A data file as it was read, once: its rows, and what the bytes hash to that they were parsed from.
package struct RowFile: Sendable {
    /// What messages call the file.
    package let path: String
    /// Of all its bytes, in lower-case hexadecimal.
    package let sha256: String
    /// Every line that is not blank.
    package let lines: [JSONLine]
}
