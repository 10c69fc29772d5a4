import Datasets
import Manifests
import ModelFiles

/// The files that a job trains on, in the manifest's order.
final class TrainingSources {
    /// One of them.
    struct Source {
        /// Of the manifest, for what is wrong with the file.
        let key: String
        /// The format that it is read in; nil where its rows tell.
        let format: DatasetFormat?
        let file: TrainingFile
    }

    let sources: [Source]
    /// How many rows each of them has; those of files that were not read are none.
    private(set) var counts: [Int] = []
    /// Rows of each by the value of the field that rows are sliced by; empty where none was asked for.
    private(set) var slices: [[String: Int]] = []

    /// - Parameters:
    ///   - tools: that conversations may call whose rows name none.
    ///   - log: hears what was decided without the manifest.
    init(_ dataset: DatasetSection, tools: ToolsFile?, rule: ReadingRule, log: @escaping (String) -> Void) {
        let own = dataset.train.sources
        sources = dataset.train.keys.enumerated().map { index, file in
            var section = dataset
            if own.indices.contains(index) {
                section.format = own[index].format ?? dataset.format
                section.columns = own[index].columns ?? dataset.columns
            }
            return Source(
                key: file.key, format: section.format,
                file: TrainingFile(file.path, rule: rule, reading: RowReading(section, tools: tools, log: log)))
        }
    }

    /// Every file's rows, tokenized as they are read; nil where one of them has mistakes, which are noted.
    ///
    /// - Parameter body: is told the place of the source.
    /// - Throws: what is no fault of the files'.
    func tokenized(
        _ mistakes: JobMistakes, _ body: (Source, Int) throws -> TokenizedRows
    ) throws -> [TokenizedRows]? {
        let read = try sources.enumerated().map { index, source in
            try mistakes.collect(source.key) { try body(source, index) }
        }
        counts = read.map { $0?.count ?? 0 }
        slices = read.map { $0?.file?.notes.slices ?? [:] }
        let whole = read.compactMap(\.self)
        return whole.count == read.count ? whole : nil
    }

    /// The source of the row at a place among all rows, one file's after the other's.
    func source(of place: Int) -> Int { locate(place).source }

    /// Where the row at a place among all rows stands.
    subscript(place: Int) -> RowPlace {
        let (source, index) = locate(place)
        return RowPlace(file: sources[source].file.path, line: sources[source].file[index])
    }

    /// The line of the row at a place, with its file where there are several.
    func spelled(_ place: Int) -> String {
        let own = self[place]
        return sources.count > 1 ? "\(own.file):\(own.line)" : String(own.line)
    }

    private func locate(_ place: Int) -> (source: Int, index: Int) {
        var rest = place
        for (source, count) in counts.enumerated() {
            if rest < count { return (source, rest) }
            rest -= count
        }
        return (max(0, sources.count - 1), place)
    }
}

/// Where a row stands.
struct RowPlace {
    let file: String
    /// From 1.
    let line: Int
}
