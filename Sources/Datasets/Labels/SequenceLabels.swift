import Common
import ForeignText
import ModelFiles

/// What a sequence is predicted to be: one of named classes, or a number.
package enum SequenceLabels: Sendable, Equatable {
    /// The classes' names, in the order of the head's rows.
    case classes([String])
    /// One value: regression.
    case regression

    /// Rows of the classification head.
    package var count: Int {
        switch self {
        case .classes(let names): names.count
        case .regression: 1
        }
    }

    /// The labels of training rows.
    ///
    /// - Parameters:
    ///   - names: the list that the manifest gives; whole numbers in the rows are places in it.
    ///   - isRegression: what the manifest says the task is; nil: a label with a fraction makes it a regression. A `1.0`
    ///     among whole numbers is one of them.
    /// - Returns: without a list the classes are those of the rows, names by their bytes and numbers by size.
    /// - Throws: `DatasetsError.malformed` for rows whose labels are of mixed kinds, for fewer than two classes, and where
    ///   all labels are written `0.0` or `1.0` and nothing says whether they are classes or values.
    package static func of(
        _ rows: some Collection<LabelledLine>, _ path: String, names: [String]? = nil, isRegression: Bool? = nil
    ) throws -> SequenceLabels {
        let isRegression = try isRegression ?? (names == nil ? areValues(rows, path) : false)
        if isRegression {
            try refuse(rows, path, "a number was expected, as the task is a regression", where: \.isName)
            return .regression
        }
        try refuse(rows, path, "a class's name or whole number was expected") { !$0.isName && $0.whole == nil }
        if let names { return .classes(names) }
        let named = rows.first { $0.label.isName }
        let numbered = rows.first { !$0.label.isName }
        if let named, let numbered {
            throw DatasetsError(
                .malformed,
                "\(path):\(max(named.line, numbered.line)): labels are of mixed kinds: line \(named.line) has the name "
                    + "\(named.label.text), line \(numbered.line) the number \(numbered.label.text).",
                advice: "Write all of them one way, or list the names in dataset.labels.")
        }
        let found = named == nil ? Self.numbers(of: rows) : Self.names(of: rows)
        guard found.count > 1 else {
            let label = (named ?? numbered)?.label.text ?? ""
            throw DatasetsError(
                .malformed, "Every row of \(path) has the label \(label); two classes are needed at least.")
        }
        guard found.count <= NameLimits.labels else {
            throw DatasetsError(
                .malformed,
                "The rows of \(path) have \(found.count) labels; there may be at most \(NameLimits.labels).",
                advice: "Where they are values and not classes, say dataset.task: regression.")
        }
        return .classes(found)
    }

    /// What each row's label means.
    ///
    /// - Throws: `DatasetsError.malformed` listing every row whose label is none of the classes, or no finite number.
    package func targets(_ rows: some Sequence<LabelledLine>, _ path: String) throws -> [SequenceTarget] {
        try RowComplaint.collect(rows, path) { row in
            if let target = target(row.label) { return target }
            throw RowComplaint(line: row.line, text: complaint(row.label))
        }
    }

    /// What a label means; nil where it is none of these.
    package func target(_ label: RowLabel) -> SequenceTarget? {
        switch (self, label) {
        case (.classes(let names), .name(let name)):
            names.firstIndex { $0.utf8.elementsEqual(name.utf8) }.map { .label($0) }
        case (.classes(let names), _):
            label.whole.flatMap { Self.place(of: $0, in: names) }.map { .label($0) }
        case (.regression, .number(let number)): .value(Float(number))
        case (.regression, .value(let value)): Float(value).isFinite ? .value(Float(value)) : nil
        case (.regression, .name): nil
        }
    }

    /// In a list of numbers the number is one of them, in a list of names a place.
    private static func place(of number: Int, in names: [String]) -> Int? {
        if names.contains(where: { Int($0) != nil }) { return names.firstIndex(of: String(number)) }
        return names.indices.contains(number) ? number : nil
    }

    /// Whether labels that nothing is said about are to be regressed on.
    ///
    /// Tables that once had a gap in a column write its classes as `0.0` and `1.0`; so do others their ratings.
    private static func areValues(_ rows: some Collection<LabelledLine>, _ path: String) throws -> Bool {
        let values = rows.lazy.filter { if case .value = $0.label { true } else { false } }
        guard values.allSatisfy({ $0.label.whole != nil }) else { return true }
        guard let first = values.first, values.count == rows.count else { return false }
        throw DatasetsError(
            .malformed,
            "\(path):\(first.line): every label is a whole number written as \(first.label.text), which may mean classes "
                + "or values.",
            advice: "Say dataset.task: classification or dataset.task: regression.")
    }

    private func complaint(_ label: RowLabel) -> String {
        guard case .classes(let names) = self else { return "the label \(label.text) is no finite number." }
        var text =
            "the label \(label.text) is none of \(names.prefix(20).map { "'\(ForeignText.shortened($0, to: 200))'" }.joined(separator: ", "))"
        if names.count > 20 { text += " and \(names.count - 20) more" }
        if case .name(let name) = label, let closest = Suggestion.closest(to: name, among: names) {
            text += "; did you mean '\(ForeignText.shortened(closest, to: 200))'?"
        }
        return text.hasSuffix("?") ? text : text + "."
    }

    private static func refuse(
        _ rows: some Sequence<LabelledLine>, _ path: String, _ expected: String, where isWrong: (RowLabel) -> Bool
    ) throws {
        _ = try RowComplaint.collect(rows, path) { row in
            if isWrong(row.label) {
                throw RowComplaint(line: row.line, text: "the label is \(row.label.text); \(expected).")
            }
        }
    }

    private static func names(of rows: some Sequence<LabelledLine>) -> [String] {
        var names: Set<ExactString> = []
        for row in rows { if case .name(let name) = row.label { names.insert(ExactString(name)) } }
        return names.sorted().map(\.string)
    }

    private static func numbers(of rows: some Sequence<LabelledLine>) -> [String] {
        var numbers: Set<Int> = []
        for row in rows { if let number = row.label.whole { numbers.insert(number) } }
        return numbers.sorted().map(String.init)
    }
}

extension RowLabel {
    fileprivate var isName: Bool { if case .name = self { true } else { false } }
}
