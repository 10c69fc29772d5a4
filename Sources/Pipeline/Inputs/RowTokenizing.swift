import Common
import Datasets
import Manifests
import Tokenizers
import Training

/// Turns the rows of a job's files into tokens, a row at a time, unless an earlier job has left them.
struct RowTokenizing {
    let manifest: JobManifest
    /// nil where it cannot be read: rows are read all the same, for what is wrong with them.
    let base: VerifiedBase?
    let builder: ExampleBuilder?
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
        var stream = try TrainingRowStream(source.file.open(), format: format)
        guard let base, let builder else { return try unread(source, &stream, fault: nil) }
        if stream.format != .messages, let fault = builder.endOfTextFault {
            return try unread(source, &stream, fault: fault)
        }
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
            stream = try TrainingRowStream(source.file.open(), format: format)
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
        recipe.maximumLength = training.maxLength
        recipe.overLength = training.overLength.rawValue
        recipe.appendsEndOfText = training.appendEOS
        recipe.tokenizer = base.hash.tokenizerSHA256
        recipe.endOfText = base.tokenizer.eosTokenID
        recipe.beginning = base.tokenizer.encodeBeginning("")
        recipe.vocabulary = base.tokenizer.vocabularySize
        recipe.sliceBy = manifest.evaluation.sliceBy
        return recipe
    }

    private func taken(
        _ file: TokenizedFile, _ source: TrainingSources.Source, _ format: RowFormat,
        refused: [(place: Int, error: TokenizersError)]
    ) -> TokenizedRows {
        source.file.settle(sha256: file.notes.sha256, lines: file.lines)
        let texts = RowTexts(source.file, format: format, sha256: file.notes.sha256, first: file.notes.texts)
        return TokenizedRows(
            format: format, count: file.lines.count, file: file, fault: nil, refused: refused, texts: texts)
    }

    /// Rows that are not tokenized, read for what is wrong with them.
    private func unread(
        _ source: TrainingSources.Source, _ stream: inout TrainingRowStream, fault: (any Error)?,
        after earlier: [UInt32] = []
    ) throws -> TokenizedRows {
        var lines = earlier
        while let (line, _) = try stream.next() {
            progress.moved()
            lines.append(UInt32(line.number))
        }
        let sha256 = try stream.rows.drain()
        source.file.settle(sha256: sha256, lines: lines)
        return TokenizedRows(
            format: stream.format, count: lines.count, file: nil, fault: fault, refused: [],
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
                (notes.texts, notes.slices, notes.completions) = (
                    pass.texts, pass.slices.counts, pass.completions.texts
                )
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

/// What is gathered of a file's rows as they become tokens.
private struct TokenizingPass {
    let builder: ExampleBuilder?
    let template: ChatTemplate?
    var slices: SliceTally
    var completions = CompletionTally()
    var texts: [String] = []
    var refused: [(place: Int, error: TokenizersError)] = []
    /// Of the rows so far.
    var lines: [UInt32] = []
    /// Whether no row can be tokenized.
    var isStopped = false
    private var bytesOfTexts = 0

    init(builder: ExampleBuilder?, template: ChatTemplate?, sliceBy: String?) {
        (self.builder, self.template) = (builder, template)
        slices = SliceTally(sliceBy)
    }

    /// - Throws: `TrainingError` where no row can be tokenized; as `writer`.
    mutating func take(_ row: TrainingRow, _ line: JSONLine, _ writer: TokenizedFileWriter) throws {
        let place = lines.count
        lines.append(UInt32(line.number))
        slices.add(line)
        keepText(of: row, at: place)
        var built: BuiltRow?
        do { built = try builder?.build(row, template: template) } catch let error as TokenizersError {
            refused.append((place, error))
        } catch {
            isStopped = true
            throw error
        }
        let whole = Contamination.identity(row)
        let input = Contamination.key(row)
        let digest = RowDigest(input)
        let record = RowRecord(
            input: digest, whole: whole == input ? digest : RowDigest(whole), line: line.number,
            figures: built?.figures ?? RowFigures(length: 0), completion: completions.number(of: row))
        try writer.append(record, built?.example)
    }

    private mutating func keepText(of row: TrainingRow, at place: Int) {
        guard place == texts.count, place < RowTexts.most.rows else { return }
        let text = row.shown
        bytesOfTexts += text.utf8.count
        if bytesOfTexts <= RowTexts.most.bytes { texts.append(text) }
    }
}
