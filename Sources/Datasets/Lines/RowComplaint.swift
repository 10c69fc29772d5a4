/// What is wrong with one row of a data file.
package struct RowComplaint: Error, Equatable, Sendable {
    /// From 1.
    package let line: Int
    /// In characters from 1, where it is known.
    package let column: Int?
    /// A sentence.
    package let text: String
    /// What makes good rows of the file.
    let advice: ConvertingCommand?

    package init(line: Int, column: Int? = nil, text: String) {
        self.init(line: line, column: column, text: text, advice: nil)
    }

    init(line: Int, column: Int? = nil, text: String, advice: ConvertingCommand?) {
        self.line = line
        self.column = column
        self.text = text
        self.advice = advice
    }

    /// `file:line: text` or `file:line:column: text`.
    package func message(_ path: String) -> String {
        "\(path):\(line):\(column.map { "\($0):" } ?? "") \(text)"
    }

    /// What `body` makes of every element; complaints are gathered and thrown as one.
    ///
    /// - Throws: `DatasetsError.malformed` with the first 20 complaints, one a line; whatever else `body` throws.
    package static func collect<Element, Result>(
        _ elements: some Sequence<Element>, _ path: String, _ body: (Element) throws -> Result
    ) throws -> [Result] {
        var results: [Result] = []
        var complaints: [RowComplaint] = []
        for element in elements {
            do { results.append(try body(element)) } catch let complaint as RowComplaint {
                complaints.append(complaint)
            }
        }
        if let refusal = refusal(complaints, path) { throw refusal }
        return results
    }

    /// The first 20 complaints as one error, one a line; nil where there is none.
    static func refusal(_ complaints: [RowComplaint], _ path: String) -> DatasetsError? {
        guard let first = complaints.first else { return nil }
        let more = complaints.count > 20 ? ["and \(complaints.count - 20) rows more"] : []
        return DatasetsError(
            .malformed, (complaints.prefix(20).map { $0.message(path) } + more).joined(separator: "\n"),
            advice: first.advice?.advice(path))
    }
}
