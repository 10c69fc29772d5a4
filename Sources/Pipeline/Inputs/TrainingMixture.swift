import Manifests
import Reports
import Tensors
import Training

/// How the rows of a job's files are mixed: which of them are taken, and how often an epoch has each.
struct TrainingMixture {
    /// The rows of the files that an epoch has, or that are drawn by weights; each file's stand together.
    let examples: any ExampleSource
    /// What is drawn how often; empty where every row is seen once an epoch.
    let weights: [WeightedRows]
    /// Rows of an epoch, where some are copies: its order takes room.
    private static let mostRows = 1 << 24
    /// Where each file's stand in `examples`.
    private let ranges: [Range<Int>]
    /// How many different rows of each file there are among them.
    private let kept: [Int]
    private let files: TrainingSources

    /// - Parameters:
    ///   - own: the examples of each file.
    /// - Throws: `PipelineError.rejected` where a file that is drawn by its weight has no row left, or copies are too many.
    init(
        _ own: [any ExampleSource], of files: TrainingSources, _ train: TrainingFiles
    ) throws {
        self.files = files
        let sections = train.sources
        kept = own.map(\.count)
        guard !sections.isEmpty else {
            let mixed = MixedExamples(own.map { ($0, 1) })
            (examples, weights, ranges) = (own.count == 1 ? own[0] : mixed, [], mixed.ranges)
            return
        }
        let epoch = zip(sections, kept).reduce(0) { $0 + ($1.0.copies ?? 1) * $1.1 }
        guard epoch <= max(Self.mostRows, kept.reduce(0, +)) else {
            throw PipelineError(
                .rejected, "An epoch would have \(epoch) rows, copies included; it may have \(Self.mostRows).",
                advice: "Lower repeat, or use weight, which copies nothing.")
        }
        let mixed = MixedExamples(zip(own, sections).map { ($0, $1.copies ?? 1) })
        weights = try zip(sections, mixed.ranges).compactMap { section, range in
            guard let weight = section.weight else { return nil }
            guard !range.isEmpty else {
                throw PipelineError(
                    .rejected, "No row of \(section.path) is left to draw, which has a weight.",
                    cause: "All of its rows also stand in held-out data, are too long, or have nothing to train on.",
                    advice: "Take it out of dataset.train.")
            }
            return WeightedRows(rows: range, weight: weight)
        }
        (examples, ranges) = (mixed, mixed.ranges)
    }

    /// Tokens of a row, in the mean over what steps take.
    var meanTokens: Double {
        func mean(_ rows: Range<Int>) -> Double {
            Double(examples.tokens(in: rows)) / Double(max(1, rows.count))
        }
        guard !weights.isEmpty else { return mean(0..<examples.count) }
        let total = weights.reduce(0) { $0 + $1.weight }
        return weights.reduce(0) { $0 + $1.weight / total * mean($1.rows) }
    }

    /// What is trained on of each file.
    ///
    /// - Parameter slices: of each, as they were counted.
    func sources(slices: [[String: Int]]) -> [DataSummary.Source] {
        let total = weights.reduce(0) { $0 + $1.weight }
        return files.sources.indices.map { index in
            DataSummary.Source(
                path: files.sources[index].file.path, rows: files.counts[index], trained: kept[index],
                epochRows: weights.isEmpty ? ranges[index].count : nil,
                share: weights.isEmpty ? nil : weights[index].weight / total,
                slices: slices.indices.contains(index) ? slices[index] : [:])
        }
    }

    /// Where each file's rows stand in `examples`; empty where there is one file alone, whose loss is the run's.
    var places: [Range<Int>] { files.sources.count > 1 ? ranges : [] }

    /// What a run tells of its files; nil where there is one alone.
    func report(_ plan: TrainingConfiguration, _ result: TrainingResult) -> [SourceReport]? {
        guard files.sources.count > 1 else { return nil }
        var order = StepRows(count: examples.count, plan)
        var drawn = ranges.map { _ in 0 }
        var rows: [Int] = []
        for step in 0..<result.losses.count {
            order.take(step: step, into: &rows)
            for row in rows { drawn[ranges.firstIndex { $0.contains(row) } ?? 0] += 1 }
        }
        return files.sources.indices.map { index in
            let loss = result.sources?[index]
            return SourceReport(
                path: files.sources[index].file.path, rows: files.counts[index], trained: kept[index],
                seen: drawn[index], supervisedTokens: loss?.labels, loss: loss?.mean)
        }
    }
}

/// The rows that `limit` takes.
enum LimitedRows {
    /// The places in `places`, ascending, of those that are taken: of each file as many as its section's limit says, all
    /// equally likely, by the seed alone.
    ///
    /// - Parameter places: of rows among all that were read, ascending.
    static func taken(of places: [Int], _ files: TrainingSources, _ train: TrainingFiles, seed: UInt64) -> [Int] {
        guard train.sources.contains(where: { $0.limit != nil }) else { return Array(places.indices) }
        var bySource = files.sources.map { _ in [Int]() }
        for (index, place) in places.enumerated() { bySource[files.source(of: place)].append(index) }
        for (source, section) in train.sources.enumerated() {
            guard let limit = section.limit, limit < bySource[source].count else { continue }
            bySource[source] = sample(
                limit, of: bySource[source], Philox(seed: seed, stream: .sourceSample(source: source)))
        }
        return bySource.flatMap(\.self)
    }

    /// The first steps of a Fisher–Yates shuffle, in the order that the rows had.
    private static func sample(_ count: Int, of rows: [Int], _ random: Philox) -> [Int] {
        var rows = rows
        for index in 0..<count {
            let words = random.bits(step: 0, position: UInt64(index))
            let wide = UInt64(words.x) << 32 | UInt64(words.y)
            let other = index + Int(wide.multipliedFullWidth(by: UInt64(rows.count - index)).high)
            rows.swapAt(index, other)
        }
        return rows[..<count].sorted()
    }
}
