/// Cuts a format of braces into its literal text and its fields, as CPython's `formatter_parser` does.
struct BraceReader {
    struct Field {
        let name: ArraySlice<Unicode.Scalar>
        let conversion: Unicode.Scalar?
        let specification: ArraySlice<Unicode.Scalar>
    }

    private let whole: ArraySlice<Unicode.Scalar>
    private var rest: ArraySlice<Unicode.Scalar>

    init(_ scalars: ArraySlice<Unicode.Scalar>) { (whole, rest) = (scalars, scalars) }

    /// Text and the field after it; nil at the end.
    mutating func next() throws -> (literal: ArraySlice<Unicode.Scalar>, field: Field?)? {
        guard !rest.isEmpty else { return nil }
        let literal = rest.prefix { $0 != "{" && $0 != "}" }
        rest = rest.dropFirst(literal.count)
        guard let brace = rest.popFirst() else { return (literal, nil) }
        if rest.first == brace {
            rest.removeFirst()
            // A brace that stands twice is one, and joined to the text before it.
            return (whole[literal.startIndex...literal.endIndex], nil)
        }
        guard brace == "{", !rest.isEmpty else {
            throw JinjaError.runtime("Single '\(brace)' encountered in format string")
        }
        return (literal, try field())
    }

    private mutating func field() throws -> Field {
        let name = try name()
        let end = rest.popFirst()
        var conversion: Unicode.Scalar?
        if end == "!" {
            conversion = rest.popFirst()
            guard conversion != nil else {
                throw JinjaError.runtime("end of string while looking for conversion specifier")
            }
        }
        switch conversion == nil ? end : rest.popFirst() {
        case "}": return Field(name: name, conversion: conversion, specification: [])
        case ":": return Field(name: name, conversion: conversion, specification: try specification())
        case .some where conversion != nil: throw JinjaError.runtime("expected ':' after conversion specifier")
        default: throw JinjaError.runtime("expected '}' before end of string")
        }
    }

    /// Up to what ends it, which is left; brackets may hold anything.
    private mutating func name() throws -> ArraySlice<Unicode.Scalar> {
        let start = rest
        while let scalar = rest.first, scalar != "}", scalar != ":", scalar != "!" {
            guard scalar != "{" else { throw JinjaError.runtime("unexpected '{' in field name") }
            rest.removeFirst()
            if scalar == "[" { rest = rest.drop { $0 != "]" } }
        }
        return start[..<rest.startIndex]
    }

    /// Up to the brace that closes the field, which is stepped over.
    private mutating func specification() throws -> ArraySlice<Unicode.Scalar> {
        let start = rest
        var open = 1
        while let scalar = rest.popFirst() {
            open += scalar == "{" ? 1 : scalar == "}" ? -1 : 0
            if open == 0 { return start[..<(rest.startIndex - 1)] }
        }
        throw JinjaError.runtime("unmatched '{' in format spec")
    }
}
