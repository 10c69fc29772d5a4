import ForeignText

/// A text, or a pair of texts, with what is to be predicted of it: a row of the `classification` format.
package struct LabelledRow: Sendable, Equatable {
    /// The line in the file, from 1.
    package let line: Int
    package let text: String
    package let pair: String?
    package let label: RowLabel
    /// The value of the field that rows are sliced by; nil where none was asked for.
    package let slice: String?

    package init(line: Int, text: String, pair: String? = nil, label: RowLabel, slice: String? = nil) {
        self.line = line
        self.text = text
        self.pair = pair
        self.label = label
        self.slice = slice
    }
}

/// A row's label as its file spells it.
package enum RowLabel: Sendable, Hashable {
    /// The name of a class.
    case name(String)
    /// A whole number: a class's place in the list of labels, a class's name where there is no list, or a value.
    case number(Int)
    /// A number written with a fraction or an exponent, `1.0` included.
    case value(Double)

    /// The whole number that this is, however it is written: `1` and `1.0` are one class.
    package var whole: Int? {
        switch self {
        case .name: nil
        case .number(let number): number
        case .value(let value): Int(exactly: value)
        }
    }

    /// As it is told from others: one class has one spelling, `1` and `1.0`.
    package var plain: String {
        if let whole { return String(whole) }
        switch self {
        case .name(let name): return name
        case .number(let number): return String(number)
        case .value(let value): return String(value)
        }
    }

    /// As a message shows it.
    package var text: String {
        switch self {
        case .name(let name): ForeignText.quoted(name, limit: 200)
        case .number(let number): String(number)
        case .value(let value): String(value)
        }
    }
}

/// What a row must be predicted to be.
package enum SequenceTarget: Sendable, Hashable {
    /// The class's place in the labels' list.
    case label(Int)
    /// What is regressed on.
    case value(Float)
}
