import Datasets

/// Examples that stay in their file until they are asked for; in memory is where each of them stands there.
package struct StoredExamples: ExampleSource {
    /// Where an example's tokens stand, and what it must be predicted to be.
    struct Entry: Sendable {
        let offset: Int
        let shape: RowShape
        let target: SequenceTarget?
    }

    private let file: TokenizedFile
    private let entries: [Entry]

    init(_ file: TokenizedFile, _ entries: [Entry]) { (self.file, self.entries) = (file, entries) }

    package var count: Int { entries.count }

    package subscript(place: Int) -> TokenizedExample {
        get throws { try file.example(entries[place]) }
    }

    package func tokenCount(at place: Int) -> Int { Int(entries[place].shape.tokens) }
    package func labelCount(at place: Int) -> Int { Int(entries[place].shape.labels) }
}
