import Datasets
import Tokenizers
import Training

/// What is gathered of a file's rows as they become tokens.
struct TokenizingPass {
    let builder: (any RowBuilder)?
    let template: ChatTemplate?
    var slices: SliceTally
    var completions = CompletionTally()
    var labels = LabelColumn()
    var texts: [RowTexts.Text] = []
    var refused: [(place: Int, error: TokenizersError)] = []
    /// Of the rows so far.
    var lines: [UInt32] = []
    /// Whether no row can be tokenized.
    var isStopped = false
    private var bytesOfTexts = 0

    init(builder: (any RowBuilder)?, template: ChatTemplate?, sliceBy: String?) {
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
        var label: LabelColumn.Cell?
        if case .labelled(let row) = row { label = labels.append(row.label) }
        let record = RowRecord(
            input: digest, whole: whole == input ? digest : RowDigest(whole), line: line.number,
            figures: built?.figures ?? RowFigures(length: 0), completion: completions.number(of: row), label: label)
        try writer.append(record, built?.example)
    }

    private mutating func keepText(of row: TrainingRow, at place: Int) {
        guard place == texts.count, place < RowTexts.most.rows else { return }
        let text = row.shownText
        bytesOfTexts += text.text.utf8.count + (text.pair?.utf8.count ?? 0)
        if bytesOfTexts <= RowTexts.most.bytes { texts.append(text) }
    }
}
