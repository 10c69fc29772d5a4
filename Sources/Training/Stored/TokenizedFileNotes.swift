/// What a file of tokenized rows says of all of them.
package struct TokenizedFileNotes: Codable, Sendable, Equatable {
    /// What stands for a row before a person, or as a prompt.
    package struct Text: Codable, Sendable, Equatable {
        package let text: String
        /// The second text of a pair.
        package let pair: String?

        package init(_ text: String, pair: String? = nil) { (self.text, self.pair) = (text, pair) }
    }

    /// The hash of all that decided the tokens but the rows.
    package var recipe: String
    /// Of the file of rows, as it was read.
    package var sha256: String
    /// Bytes of the file of rows.
    package var bytes: Int
    package var rows = 0
    /// The completions that the rows have; none where they are many.
    package var completions: [String] = []
    /// The names that rows have as labels.
    package var labels: [String] = []
    /// Of the first rows.
    package var texts: [Text] = []
    /// Rows by the field that they are sliced by.
    package var slices: [String: Int] = [:]

    package init(recipe: String, sha256: String, bytes: Int) {
        (self.recipe, self.sha256, self.bytes) = (recipe, sha256, bytes)
    }
}
