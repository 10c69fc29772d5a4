import Common
import Datasets
import Manifests
import ModelFiles
import Tokenizers
import Training
import Transformers

/// Turns the rows of a job's files into tokens, a row at a time, unless an earlier job has left them.
struct RowTokenizing {
    let manifest: JobManifest
    /// nil where it cannot be read: rows are read all the same, for what is wrong with them.
    let base: VerifiedBase?
    let builder: (any RowBuilder)?
    /// Whether rows have labels.
    var isLabelled = false
    /// Where the model looks for what a row is classified by; nil where none is.
    var pooling: Pooling?
    /// The most tokens of a row.
    let maximumLength: Int
    /// The hash of the file of tools that conversations may call.
    let tools: String?
    let cache: RowCache
    let progress: RowProgress
    let log: (String) -> Void

    /// The rows of the file at a place among those to train on.
    ///
    /// - Throws: `DatasetsError` for what is wrong with file and rows; as `RowCache.make`.
    func rows(_ source: TrainingSources.Source, _ index: Int) throws -> TokenizedRows {
        let format = source.format.flatMap { RowFormat(rawValue: $0.rawValue) }
        var stream = try source.file.stream(format: format, isLabelled: isLabelled)
        guard let base, let builder else { return try unread(source, &stream, fault: nil) }
        if let fault = builder.fault(of: stream.format) { return try unread(source, &stream, fault: fault) }
        let recipe = try recipe(source, index, base).hash()
        if cache.has(recipe: recipe) {
            let sha256 = try stream.rows.drain(onRead: progress.moved)
            if let file = cache.open(recipe: recipe, sha256: sha256, log: log) {
                progress.advance(by: file.lines.count)
                log(
                    "\(source.file.path): \(FigureFormat.count(file.lines.count)) rows as tokens of an earlier job; the "
                        + "file is the same")
                return taken(file, source, stream.format, refused: [])
            }
            stream = try source.file.stream(format: format, isLabelled: isLabelled)
        }
        return try tokenized(source, &stream, index, recipe, base.templates[index])
    }

    /// What decides the tokens of a file's rows.
    private func recipe(_ source: TrainingSources.Source, _ index: Int, _ base: VerifiedBase) -> RowRecipe {
        let (dataset, training) = (manifest.dataset, manifest.training)
        var recipe = RowRecipe()
        recipe.reading = DataFile.reading(source.file.path)
        recipe.format = source.format?.rawValue
        recipe.expected = source.file.reading.expected
        recipe.columns = source.file.reading.columnNames
        recipe.tools = tools
        recipe.template = (base.templates[index] ?? base.template)?.sha256
        recipe.date = dataset.chatDate
        (recipe.trainOn, recipe.reasoning) = (dataset.trainOn?.rawValue, dataset.reasoning?.rawValue)
        recipe.aliasesReasoning = dataset.conversations(version: manifest.version).aliasesReasoning
        recipe.classifies = isLabelled
        recipe.pooling = pooling.map { "\($0)" }
        recipe.maximumLength = maximumLength
        recipe.overLength = training.overLength.rawValue
        recipe.appendsEndOfText = training.appendEOS
        recipe.tokenizer = TokenizerRecipe(base)
        recipe.sliceBy = manifest.evaluation.sliceBy
        return recipe
    }

    private func taken(
        _ file: TokenizedFile, _ source: TrainingSources.Source, _ format: RowFormat?,
        refused: [(place: Int, error: TokenizersError)]
    ) -> TokenizedRows {
        source.file.settle(sha256: file.notes.sha256, lines: file.lines)
        let texts = RowTexts(source.file, format: format, sha256: file.notes.sha256, first: file.notes.texts)
        return TokenizedRows(
            format: format, count: file.lines.count, file: file, labels: file.labels, fault: nil, refused: refused,
            texts: texts)
    }

    /// Rows that are not tokenized, read for what is wrong with them.
    private func unread(
        _ source: TrainingSources.Source, _ stream: inout TrainingRowStream, fault: (any Error)?,
        after earlier: [UInt32] = []
    ) throws -> TokenizedRows {
        var lines = earlier
        var labels = LabelColumn()
        while let (line, row) = try stream.next() {
            progress.moved()
            lines.append(UInt32(line.number))
            if case .labelled(let row) = row { labels.append(row.label) }
        }
        let sha256 = try stream.rows.drain()
        source.file.settle(sha256: sha256, lines: lines)
        return TokenizedRows(
            format: stream.format, count: lines.count, file: nil, labels: labels, fault: fault, refused: [],
            texts: RowTexts(source.file, format: stream.format, sha256: sha256, first: []))
    }

    private func tokenized(
        _ source: TrainingSources.Source, _ stream: inout TrainingRowStream, _ index: Int, _ recipe: String,
        _ template: ChatTemplate?
    ) throws -> TokenizedRows {
        var pass = TokenizingPass(builder: builder, template: template, sliceBy: manifest.evaluation.sliceBy)
        do {
            let file = try cache.make(index, isKept: { pass.refused.isEmpty }) { writer in
                while let (line, row) = try stream.next() {
                    try pass.take(row, line, writer)
                    progress.advance(share: stream.rows.share)
                }
                var notes = TokenizedFileNotes(
                    recipe: recipe, sha256: try stream.rows.drain(), bytes: stream.rows.size)
                (notes.texts, notes.slices) = (pass.texts, pass.slices.counts)
                (notes.completions, notes.labels) = (pass.completions.texts, pass.labels.names)
                return notes
            }
            progress.settle()
            log("\(source.file.path): \(FigureFormat.count(file.lines.count)) rows were tokenized")
            return taken(file, source, stream.format, refused: pass.refused)
        } catch let fault as TrainingError where pass.isStopped {
            // The row that no builder takes was read already, and so were those before it.
            return try unread(source, &stream, fault: fault, after: pass.lines)
        }
    }
}
