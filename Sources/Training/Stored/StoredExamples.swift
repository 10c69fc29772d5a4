/// Examples that stay in their file until they are asked for; in memory is where each of them stands there.
package struct StoredExamples: ExampleSource {
    /// Where an example's tokens stand, and their runs of labels behind them.
    struct Entry: Sendable {
        let offset: Int
        let tokens: UInt32
        let labels: UInt32
        let runs: UInt32
        let isWide: Bool

        init(_ record: RowRecord, offset: Int) {
            self.offset = offset
            (tokens, labels) = (UInt32(record.figures.tokens), UInt32(record.figures.labels))
            (runs, isWide) = (UInt32(record.runs), record.isWide)
        }

        var bytesOfTokens: Int { Int(tokens) * (isWide ? 4 : 2) }
        var bytesOfRuns: Int { Int(runs) * 8 }
    }

    private let file: TokenizedFile
    private let entries: [Entry]

    init(_ file: TokenizedFile, _ entries: [Entry]) { (self.file, self.entries) = (file, entries) }

    package var count: Int { entries.count }

    package subscript(place: Int) -> TokenizedExample {
        get throws { try file.example(entries[place]) }
    }

    package func tokenCount(at place: Int) -> Int { Int(entries[place].tokens) }
    package func labelCount(at place: Int) -> Int { Int(entries[place].labels) }
}
