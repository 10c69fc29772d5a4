import Datasets
import Manifests
import Reports
import Tokenizers
import Training

/// The tokenized rows of a job's files that are trained on: without those that stand in the data that judge the adapter,
/// and of a file with a limit those that it takes.
struct RowSelection {
    /// Of each file.
    let rows: [TokenizedRows]
    /// Of all that are trained on, ascending, one file's after the other's.
    let places: [Int]
    let contamination: ContaminationCounts
    private let sources: TrainingSources

    /// How many rows' texts are found at once.
    private static let textsAtOnce = 64

    /// - Throws: `PipelineError.rejected` where no row is left; as `TokenizedFile.forEach`.
    init(
        _ rows: [TokenizedRows], of sources: TrainingSources, heldOut: [TrainingRow], evaluated: [TrainingRow],
        _ manifest: JobManifest
    ) throws {
        (self.rows, self.sources) = (rows, sources)
        var sieve = HeldOutSieve(validation: heldOut, evaluation: evaluated)
        for own in rows { try own.file?.forEach { sieve.add($1.input) } }
        try sieve.requireAny(of: manifest.dataset.train.described)
        contamination = sieve.counts(showing: try Self.texts(sieve.removed, rows).map(\.text))
        let seed = UInt64(bitPattern: Int64(manifest.training.seed))
        let train = manifest.dataset.train
        guard train.sources.contains(where: { $0.limit != nil }) else {
            places = sieve.places
            return
        }
        let clean = sieve.places
        places = LimitedRows.taken(of: clean, sources, train, seed: seed).map { clean[$0] }
    }

    /// What stands for a row before a person.
    ///
    /// - Parameter index: of its place in `places`.
    /// - Throws: as `RowTexts.texts`.
    func text(of index: Int) throws -> RowTexts.Text {
        // Where the file has to be read again for one, those that are asked for next come with it.
        let start = index / Self.textsAtOnce * Self.textsAtOnce
        let texts = try Self.texts(Array(places[start..<min(start + Self.textsAtOnce, places.count)]), rows)
        return texts[index - start]
    }

    /// Whether a conversation is among them.
    var hasConversation: Bool {
        zip(starts, rows).contains { start, own in
            own.format == .messages && !Self.part(places, start..<(start + own.count)).isEmpty
        }
    }

    /// The examples of each file, and what became of all rows: a row's place among the counts' is its place in `places`.
    /// Rows that the base cannot be fed are noted.
    ///
    /// - Parameters:
    ///   - targets: of each file's rows what each must be predicted to be; empty where tokens are predicted.
    ///   - observation: told of the rows.
    /// - Returns: nil where mistakes leave nothing.
    /// - Throws: as `TokenizedFile.examples`.
    func built(
        _ builder: any RowBuilder, targets: [[SequenceTarget]] = [], _ limits: BaseLimits,
        _ observation: RowObservation?, _ mistakes: JobMistakes
    ) throws -> (examples: [any ExampleSource], counts: ExampleBuilder.Counts)? {
        var counts = ExampleBuilder.Counts()
        var observed = observation == nil ? nil : ObservedRows()
        let examples = try mistakes.collect("dataset.train") {
            try refuse()
            var empty: [String] = []
            let examples = try rows.enumerated().map { index, own in
                let start = starts[index]
                let taken = Self.part(places, start..<(start + own.count)).lazy.map { $0 - start }
                let own = (rows: own, targets: targets.isEmpty ? [] : targets[index])
                return try own.rows.file?.examples(at: taken, targets: own.targets) { place, record in
                    if own.rows.format == nil, record.figures.length == 0 { empty.append(name(start + place)) }
                    counts.add(record.figures, at: counts.rows)
                    observed?.add(record, of: own.rows)
                }
            }
            if let refusal = ClassificationBuilder.refusal(empty: empty) { throw refusal }
            try builder.checkSupervised(counts, kind: "training")
            return examples
        }
        guard let examples else { return nil }
        if let observed { observation?.take(observed.content, completions: observed.labels, counts) }
        var first = 0
        for (own, examples) in zip(rows, examples) {
            guard let file = own.file, let examples else { continue }
            if !limits.holds(file) {
                try limits.check(examples, mistakes) { sources[places[counts.places[first + $0]]] }
            }
            first += examples.count
        }
        let whole = examples.map { (own) -> any ExampleSource in
            if let own { return own }
            return [TokenizedExample]()
        }
        return (whole, counts)
    }

    /// - Throws: `TrainingError.malformed` listing the conversations among them (the first 20) that a template refuses.
    private func refuse() throws {
        var refused: [(name: String, error: TokenizersError)] = []
        for (start, own) in zip(starts, rows) where !own.refused.isEmpty {
            let taken = Set(Self.part(places, start..<(start + own.count)))
            for (place, error) in own.refused where taken.contains(start + place) {
                refused.append((name(start + place), error))
            }
        }
        if let refusal = ExampleBuilder.refusal(refused) { throw refusal }
    }

    /// The row at a place, as messages call it.
    private func name(_ place: Int) -> String {
        let found = sources[place]
        return "\(found.file):\(found.line)"
    }

    /// The place of each file's first row among all.
    private var starts: [Int] { Self.starts(rows) }

    private static func starts(_ rows: [TokenizedRows]) -> [Int] {
        var start = 0
        return rows.map { own in
            defer { start += own.count }
            return start
        }
    }

    /// Those of ascending places that lie in a range.
    private static func part(_ places: [Int], _ range: Range<Int>) -> ArraySlice<Int> {
        func first(from bound: Int) -> Int {
            var (low, high) = (0, places.count)
            while low < high {
                let middle = (low + high) / 2
                if places[middle] < bound { low = middle + 1 } else { high = middle }
            }
            return low
        }
        return places[first(from: range.lowerBound)..<first(from: range.upperBound)]
    }

    private static func texts(_ places: [Int], _ rows: [TokenizedRows]) throws -> [RowTexts.Text] {
        try zip(starts(rows), rows).flatMap { start, own in
            try own.texts.texts(part(places, start..<(start + own.count)).map { $0 - start })
        }
    }
}

/// What rows say of themselves, while they are looked at one after the other.
private struct ObservedRows {
    var content = RowContent()
    private var completions: [String: Int] = [:]
    private var areMany = false

    mutating func add(_ record: RowRecord, of rows: TokenizedRows) {
        content.add(whole: record.whole, input: record.input)
        guard rows.format == .promptCompletion, let known = rows.file?.notes.completions else { return }
        guard known.indices.contains(record.completion - 1) else {
            areMany = true
            return
        }
        completions[known[record.completion - 1], default: 0] += 1
    }

    /// Rows by their completions; none where there are many.
    var labels: [String: Int] { areMany || completions.count > CompletionTally.most ? [:] : completions }
}
