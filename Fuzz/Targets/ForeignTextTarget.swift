import ForeignText
import Foundation
import Pipeline
import Reports
import Training
import Worker

/// Text that somebody else wrote, through every place that shows it but the chats, which `webhook-message` has: whatever it
/// is, `ForeignTextPromise` holds there.
package struct ForeignTextTarget: FuzzTarget {
    package static let name = "foreign-text"

    /// The tags of a page in which nothing is foreign.
    private let ownTags: Set<String>
    private let ownHead: Int
    private let ownRows: Int

    package init() throws {
        // The second is long enough to be cut wherever a text is; the third is the path of a module, whose update is drawn.
        let pages = ["plain", String(repeating: "plain ", count: 2_000), "layers.1.plain"].map {
            ReportPage.render(ForeignReport.with($0))
        }
        ownTags = Set(pages.flatMap(Self.tags))
        let card = ModelCard.render(ForeignReport.with("plain"))
        ownHead = try Self.head(card).split(separator: "\n").count
        ownRows = Self.rows(card).count
    }

    package func check(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        try checkLines(text)
        try checkLiterals(text)
        try checkMarkup(text)
        let report = ForeignReport.with(text)
        try checkPage(ReportPage.render(report))
        try checkCard(ModelCard.render(report))
        try checkLog(text)
    }

    private func checkLines(_ text: String) throws {
        let line = ForeignText.line(text)
        try ForeignTextPromise.requireVisible(line, in: "a line")
        try ForeignTextPromise.requireVisible(ForeignText.block(text), lines: true, in: "a block")
        try ForeignTextPromise.requireVisible(ForeignText.quoted(text), in: "a quoted value")
        try require(ForeignText.line(line) == line, "a line is another one the second time")
        try require(ForeignText.isPlain(line), "a line is not plain")
        let isAscii = text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        try require(!isAscii || line == text, "ordinary text was changed")
        try require(text.isEmpty == line.isEmpty, "a text vanished, or came from nothing")
    }

    private func checkLiterals(_ text: String) throws {
        let document = String(decoding: try JSONEncoder().encode([text]), as: UTF8.self)
        let shown = ForeignText.forJSON(document)
        try ForeignTextPromise.requireVisible(shown, lines: true, in: "a JSON document")
        let again = try JSONDecoder().decode([String].self, from: Data(shown.utf8))
        try require(
            again.map { Array($0.unicodeScalars) } == [Array(text.unicodeScalars)], "JSON reads back as \(again)")
        let literal = ForeignText.forYAML(text)
        try ForeignTextPromise.requireVisible(literal, in: "a YAML scalar")
        try require(
            unescaped(literal).map { Array($0.unicodeScalars) } == Array(text.unicodeScalars),
            "\(literal) is another text")
    }

    /// What YAML and Python make of a literal; nil where it ends early.
    private func unescaped(_ literal: String) -> String? {
        guard literal.unicodeScalars.first == "\"", literal.unicodeScalars.last == "\"" else { return nil }
        var result = String.UnicodeScalarView()
        var rest = literal.unicodeScalars.dropFirst().dropLast()
        while let scalar = rest.popFirst() {
            guard scalar == "\\" else {
                if scalar == "\"" { return nil }
                result.append(scalar)
                continue
            }
            switch rest.popFirst() {
            case "\\": result.append("\\")
            case "\"": result.append("\"")
            case "n": result.append("\n")
            case "r": result.append("\r")
            case "t": result.append("\t")
            case let kind?:
                let digits = kind == "u" ? 4 : 8
                guard let value = UInt32(String(String.UnicodeScalarView(rest.prefix(digits))), radix: 16),
                    let scalar = Unicode.Scalar(value)
                else { return nil }
                result.append(scalar)
                rest = rest.dropFirst(digits)
            case nil: return nil
            }
        }
        return String(result)
    }

    private func checkMarkup(_ text: String) throws {
        let markdown = ForeignText.forMarkdown(text)
        try ForeignTextPromise.requireVisible(markdown, in: "Markdown")
        try ForeignTextPromise.requireUnmarked(markdown, in: "Markdown")
        let code = ForeignText.forMarkdownCode(text)
        try ForeignTextPromise.requireVisible(code, in: "Markdown's code")
        try require(ForeignTextPromise.outsideCode(code).isEmpty, "\(code.debugDescription) leaves its code")
        let html = ForeignText.forHTML(text)
        try ForeignTextPromise.requireVisible(html, lines: true, in: "HTML")
        try require(!html.unicodeScalars.contains { "<>\"'".unicodeScalars.contains($0) }, "HTML holds a mark: \(html)")
    }

    private func checkPage(_ page: String) throws {
        try ForeignTextPromise.requireVisible(page, lines: true, in: "report.html")
        for tag in Self.tags(page) { try require(ownTags.contains(tag), "report.html has a tag of the text's: \(tag)") }
    }

    /// Each tag with the names of its attributes. By scalars, as HTML is read: with an accent behind it a mark is one still.
    private static func tags(_ page: String) -> [String] {
        page.unicodeScalars.split(separator: "<").dropFirst().map { rest in
            let tag = rest.prefix { $0 != ">" }
            var isValue = false
            let names = tag.split(separator: "\"", omittingEmptySubsequences: false).filter { _ in
                defer { isValue.toggle() }
                return !isValue
            }
            return names.map { String($0) }.joined(separator: "\"")
        }
    }

    private func checkCard(_ card: String) throws {
        try ForeignTextPromise.requireVisible(card, lines: true, in: "README.md")
        let head = try Self.head(card)
        try require(head.split(separator: "\n").count == ownHead, "the card's head has other lines: \(head)")
        let rows = Self.rows(card)
        try require(rows.count == ownRows, "the card's table has other rows")
        for row in rows {
            let bars = Self.bars(row)
            try require(bars == 7, "a row of the card's table has \(bars - 1) cells: \(row)")
        }
        var isCode = false
        for line in card.dropFirst(head.count).split(separator: "\n").dropFirst(2) {
            if line.hasPrefix("```") { isCode.toggle() }
            guard !isCode, !line.hasPrefix("#"), !line.hasPrefix("|"), !line.hasPrefix("```") else { continue }
            let rest = ForeignTextPromise.outsideCode(String(line)).replacing("&lt;", with: " ")
            for mark in ["<", "://", "www.", "@", "!["] where rest.utf8.contains(mark.utf8) {
                try require(false, "the card has \(mark) outside of code: \(line)")
            }
        }
    }

    private static func head(_ card: String) throws -> Substring {
        guard card.hasPrefix("---\n"), let end = card.range(of: "\n---\n") else {
            throw FuzzViolation(message: "the card has no head")
        }
        return card[..<end.lowerBound]
    }

    private static func rows(_ card: String) -> [Substring] { card.split(separator: "\n").filter { $0.hasPrefix("|") } }

    /// Bars that end a cell: not those behind a backslash.
    private static func bars(_ row: Substring) -> Int {
        var isEscaped = false
        return row.unicodeScalars.count { scalar in
            defer { isEscaped = scalar == "\\" && !isEscaped }
            return scalar == "|" && !isEscaped
        }
    }

    private func checkLog(_ text: String) throws {
        let lines = Lines()
        let settings = WorkerSettings(log: { lines.add($0) })
        settings.log("job 1: \(text) queued")
        for line in lines.all { try ForeignTextPromise.requireVisible(line, in: "the worker's log") }
        try require(lines.all.count == 1, "one word to the log made \(lines.all.count) lines")
    }
}

private final class Lines: @unchecked Sendable {
    private let lock = NSLock()
    private var lines: [String] = []

    func add(_ line: String) { lock.withLock { lines.append(line) } }
    var all: [String] { lock.withLock { lines } }
}

/// A succeeded run with one text wherever a text may stand.
private enum ForeignReport {
    static func with(_ text: String) -> RunReport {
        let time = Date(timeIntervalSince1970: 1_795_480_212)
        let score = SliceScore(loss: 1, accuracy: 0.5, calibrationError: 0.1, rows: 4)
        let training = TrainingReport(
            loss: [2, 1], learningRate: [0.1, 0.2], gradientNorm: [1, 1],
            validation: [ValidationPoint(step: 1, loss: 1), ValidationPoint(step: 2, loss: 0.9)], steps: 2, tokens: 8,
            supervisedTokens: 4, tokensPerSecond: 8, wallSeconds: 1, rows: RowCounts(train: 4, validation: 4),
            sample: TrainingSample(spans: [.init(text: text, trained: false), .init(text: text, trained: true)]))
        let prompt = PromptParity(
            id: text, prompt: text, baseText: text, adapterText: text, mergedText: text, maxAbsLogitDifference: 0.1,
            expectation: ExpectationReport(passed: true, kind: text, value: text))
        let hash = String(repeating: "0", count: 64)
        let provenance = Provenance(
            name: text, run: "20261124T003012Z-3f9ac2b1", pipeline: text, startedAt: time, finishedAt: time,
            base: BaseProvenance(path: text, sha256: hash, tokenizerSHA256: hash, modelType: text, parameters: 9),
            datasets: [
                DatasetProvenance(role: .train, path: text, sha256: hash, rows: 4),
                DatasetProvenance(role: .evaluation, path: text, sha256: hash, rows: 4),
            ],
            adapter: AdapterProvenance(
                method: text, rank: 2, alpha: 4, dropout: 0, targets: [text], task: "classification",
                labels: [text, text + "2"]),
            training: TrainingProvenance(
                seed: 1, dtype: text, schedule: text, learningRate: 0.1, warmupRatio: 0, weightDecay: 0, maxGradNorm: 1,
                batchSize: 2, maxLength: 8, measured: training),
            versions: ["lorad": text],
            machine: MachineProvenance(cpu: text, threads: 1, instructions: text, system: text))
        return RunReport(
            status: .succeeded, reason: text, training: training,
            slices: [
                SliceReport(name: "all", rows: 4, base: score, adapter: score),
                SliceReport(name: text, rows: 2, base: score, adapter: SliceScore(loss: 2, accuracy: 0.25, rows: 2)),
            ],
            parity: ParityReport(
                passed: true, dtype: text, tolerance: 1, maxAbsLogitDifference: 0.1, meanKL: 0, top1Agreement: 1,
                identicalText: true, baseVsAdapterMaxAbsLogitDifference: 1, prompts: [prompt]),
            gates: [GateReport(slice: text, metric: text, min: 0.1, value: 0.25, passed: true, reason: text)],
            analysis: [ModuleAnalysis(module: text, singularValues: [1, 0.5], relativeFrobeniusNorm: 0.1)],
            provenance: provenance)
    }
}
