import Datasets
import Manifests
import ModelFiles
import Reports

/// One of a job's files of rows that are not trained on. It is read once, whoever asks, so that the hash that a run
/// records is of the very bytes that were scored or asked.
final class RowSource {
    /// As the manifest names it.
    let path: String
    /// Of the bytes that were read; nil before that, and where they cannot be used.
    private(set) var sha256: String?
    private let rule: ReadingRule
    private let reading: RowReading
    private var file: Result<RowFile, any Error>?
    private var numbers: [Int] = []
    private var isTaken = false

    /// - Parameter reading: how its keys are read.
    init(_ path: String, rule: ReadingRule, reading: RowReading = .plain) {
        self.path = path
        self.rule = rule
        self.reading = reading
    }

    /// The first row; nil where there is none or the file cannot be read, which `take` will say.
    var first: JSONLine? { try? read().get().lines.first }

    /// Hands the rows over: they take a dozen times the room of the file, and are not kept.
    ///
    /// - Precondition: nobody took them before.
    /// - Throws: as `DataFile.read`.
    func take() throws -> RowFile {
        precondition(!isTaken, "\(path) would be read twice")
        isTaken = true
        defer { file = nil }
        return try read().get()
    }

    /// The line of the row at `place`, both as they were read: lines are counted from 1, rows from 0.
    subscript(place: Int) -> Int { numbers.indices.contains(place) ? numbers[place] : place + 1 }

    private func read() -> Result<RowFile, any Error> {
        if let file { return file }
        let result = Result { try reading.read(path, rule: rule) }
        if case .success(let read) = result { (sha256, numbers) = (read.sha256, read.lines.map(\.number)) }
        file = result
        return result
    }
}

/// The files of rows that a job reads.
final class JobRows {
    let train: TrainingSources
    let validation: RowSource?
    let evaluation: RowSource?
    let prompts: RowSource?
    /// Counts the rows of `train`, `validation` and `evaluation` as they are tokenized.
    let progress: RowProgress
    /// What conversations may call whose rows name no tools; nil where the manifest names no file of them.
    let tools: ToolsFile?
    private let dataset: DatasetSection

    /// - Parameters:
    ///   - tools: as they were read.
    ///   - rule: which files may be read.
    ///   - reporter: told of rows as they are tokenized.
    init(_ manifest: JobManifest, tools: ToolsFile?, rule: ReadingRule, reporter: JobReporter) {
        progress = RowProgress(reporter)
        dataset = manifest.dataset
        self.tools = tools
        let reading = RowReading(dataset, tools: tools, log: reporter.log)
        train = TrainingSources(dataset, tools: tools, rule: rule, log: reporter.log)
        validation = manifest.dataset.validation.map { RowSource($0, rule: rule, reading: reading.beside) }
        evaluation = manifest.evaluation.data.map { RowSource($0, rule: rule, reading: reading.beside) }
        prompts = manifest.regression.prompts.map { RowSource($0, rule: rule, reading: .prompts(tools)) }
    }

    /// Whether the job's rows have labels: because the manifest says so, or by the keys of the first row. Where the
    /// training file cannot be read, which its reader will say, the others tell.
    private(set) lazy var areLabelled: Bool = {
        if let format = train.sources.lazy.compactMap(\.format).first { return format == .classification }
        if dataset.task != nil || dataset.labels != nil { return true }
        let first =
            train.sources.lazy.compactMap(\.file.first).first
            ?? [validation, evaluation].lazy.compactMap { $0?.first }.first
        return RowFormat.labelledKeys.allSatisfy { first?.has($0) == true }
    }()

    /// What a run records of its files, each by the hash of the bytes that were read.
    func provenance(_ rows: FileRows, _ base: VerifiedBase) -> [DatasetProvenance] {
        let trained = zip(train.sources, train.counts).enumerated().compactMap { index, file in
            let (source, rows) = file
            return source.file.sha256.map { sha256 in
                var provenance = DatasetProvenance(role: .train, path: source.file.path, sha256: sha256, rows: rows)
                if let template = base.templates[index] {
                    provenance.chatTemplate = ChatTemplateProvenance(
                        dataset, template, source: dataset.train.sources[index].chatTemplate)
                }
                return provenance
            }
        }
        let others: [(DatasetProvenance.Role, RowSource?, Int)] = [
            (.validation, validation, rows.validation), (.evaluation, evaluation, rows.evaluation),
            (.regression, prompts, rows.prompts),
        ]
        return trained
            + others.compactMap { role, source, rows in
                guard let source, let sha256 = source.sha256 else { return nil }
                return DatasetProvenance(role: role, path: source.path, sha256: sha256, rows: rows)
            }
    }
}
