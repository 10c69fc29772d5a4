/// A piece of a template.
struct JinjaToken {
    enum Kind: Equatable {
        /// What is written as it stands.
        case text(String)
        /// `{{`
        case outputBegin
        /// `}}`
        case outputEnd
        /// `{%`
        case tagBegin
        /// `%}`
        case tagEnd
        case name(String)
        case string(String)
        case integer(Int)
        case float(Double)
        /// One of `JinjaToken.operators`.
        case symbol(String)
        case end
    }

    let kind: Kind
    let position: JinjaPosition

    /// Operators of two characters; each begins with one of one, or with `!`.
    static let pairs: Set<[Unicode.Scalar]> = Set(["//", "**", "==", "!=", ">=", "<="].map(\.scalars))
    static let operators = Set("+-/*%~[](){}><=.:|,;".unicodeScalars)

    /// What messages call it.
    var shown: String {
        switch kind {
        case .text: "text"
        case .outputBegin: "'{{'"
        case .outputEnd: "'}}'"
        case .tagBegin: "'{%'"
        case .tagEnd: "'%}'"
        case .name(let name): "'\(name.shortened)'"
        case .string(let text): "the string '\(text.shortened)'"
        case .integer(let value): "'\(value)'"
        case .float(let value): "'\(value)'"
        case .symbol(let symbol): "'\(symbol)'"
        case .end: "the end of the template"
        }
    }
}
