import Common
import Foundation
import Manifests

/// Gathers what is wrong with a job's own files and names, so that its author is told all of it at once, before any
/// training.
final class JobMistakes {
    /// How many mistakes of one kind are listed; the rest are counted.
    static let shown = 20

    private let document: ManifestDocument
    /// The files of rows that the job reads, as the manifest names them.
    private let files: [String]
    private var found: [Diagnostic] = []

    init(_ document: ManifestDocument) {
        self.document = document
        files = document.manifest.rowFiles + [document.manifest.dataset.tools].compactMap(\.self)
    }

    var isEmpty: Bool { found.isEmpty }

    /// What `body` makes; nil where a file that it reads is at fault, which is noted.
    ///
    /// - Parameter key: of the manifest, for a fault that names no file of rows and no line.
    /// - Throws: whatever is no fault of the job's own input.
    func collect<Result>(_ key: String, _ body: () throws -> Result) throws -> Result? {
        do { return try body() } catch let fault as any Fault where fault.isOfInput {
            let place = document.position(of: key)
            let lines = fault.message.split(separator: "\n").map(String.init)
            for (index, line) in lines.enumerated() {
                let isLast = index == lines.count - 1
                found.append(
                    placed(line, place, cause: isLast ? fault.cause : nil, advice: isLast ? fault.advice : nil))
            }
            return nil
        }
    }

    /// Notes a mistake at a key of the manifest.
    func note(_ key: String, _ message: String, cause: String? = nil, advice: String? = nil) {
        found.append(placed(message, document.position(of: key), cause: cause, advice: advice))
    }

    /// Notes rows of a data file, the first few of them; the rest are counted.
    func note(_ rows: [(line: Int, message: String)], of file: String, cause: String? = nil, advice: String? = nil) {
        for row in rows.prefix(Self.shown) {
            found.append(
                Diagnostic(file: file, line: row.line, column: 0, message: row.message, cause: cause, advice: advice))
        }
        guard rows.count > Self.shown else { return }
        found.append(
            Diagnostic(
                file: file, line: 0, column: 0, message: "and \(rows.count - Self.shown) rows more.", cause: cause,
                advice: advice))
    }

    /// The same of rows of several files, of each of them the first few.
    func note(_ rows: [(place: RowPlace, message: String)], cause: String? = nil, advice: String? = nil) {
        var files: [String] = []
        for row in rows where !files.contains(row.place.file) { files.append(row.place.file) }
        for file in files {
            let own = rows.filter { $0.place.file == file }.map { (line: $0.place.line, message: $0.message) }
            note(own, of: file, cause: cause, advice: advice)
        }
    }

    /// - Throws: `PipelineError.rejected` with every mistake, where there is one.
    func refuse() throws {
        guard !found.isEmpty else { return }
        var mistakes: [Diagnostic] = []
        for mistake in found where !mistakes.contains(mistake) { mistakes.append(mistake) }
        throw PipelineError(mistakesIn: document.file, mistakes)
    }

    /// A line of a message as a diagnostic: under the file and the line, and the column where there is one, that it begins
    /// with, or else at a place in the manifest.
    private func placed(_ text: String, _ place: SourcePosition, cause: String?, advice: String?) -> Diagnostic {
        for file in files where text.hasPrefix(file + ":") {
            var rest = text.dropFirst(file.count + 1)
            guard let line = Self.number(&rest) else { continue }
            let column = Self.number(&rest) ?? 0
            return Diagnostic(
                file: file, line: line, column: column, message: String(rest.drop { $0 == " " }), cause: cause,
                advice: advice)
        }
        return Diagnostic(
            file: place.file, line: place.line, column: place.column, message: text, cause: cause, advice: advice)
    }

    /// Takes a number and the colon after it from the front of `text`; nil, and nothing taken, where there is none.
    private static func number(_ text: inout Substring) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), text.dropFirst(digits.count).hasPrefix(":") else { return nil }
        text = text.dropFirst(digits.count + 1)
        return number
    }
}
