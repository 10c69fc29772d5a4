/// A method or a filter: the value it is of, and what it is called with.
typealias JinjaMethod = @Sendable (JinjaValue, JinjaBudget, JinjaCall) throws -> JinjaValue

/// What a function, filter or test is called with.
struct JinjaCall {
    var positional: [JinjaValue] = []
    var keywords: [(name: String, value: JinjaValue)] = []

    func refuseKeywords() throws {
        if let keyword = keywords.first {
            throw JinjaError.runtime("got an unexpected keyword argument '\(keyword.name)'")
        }
    }

    /// That of a function that holds a value and what it is called with.
    /// - Throws: `limit` where that is too deep.
    func depth(with value: JinjaValue) throws -> Int {
        try JinjaValue.depth(above: [value] + positional + keywords.map(\.value))
    }

    /// The arguments in the order of `names`, nil where one was not given.
    ///
    /// - Parameter required: how many of the first must be there.
    /// - Throws: where there are too many, too few, or others than these.
    func bound(_ names: String..., required: Int = 0) throws -> Bound {
        guard positional.count <= names.count else {
            throw JinjaError.runtime("takes \(names.count) arguments but \(positional.count) were given")
        }
        var values: [JinjaValue?] = positional
        values += Array(repeating: nil, count: names.count - positional.count)
        for keyword in keywords {
            guard let index = names.firstIndex(of: keyword.name) else {
                throw JinjaError.runtime("got an unexpected keyword argument '\(keyword.name)'")
            }
            guard values[index] == nil else {
                throw JinjaError.runtime("got multiple values for argument '\(keyword.name)'")
            }
            values[index] = keyword.value
        }
        if let missing = values.prefix(required).firstIndex(where: { $0 == nil }) {
            throw JinjaError.runtime("missing a required argument: '\(names[missing])'")
        }
        return Bound(values: values)
    }

    struct Bound {
        fileprivate let values: [JinjaValue?]

        subscript(index: Int) -> JinjaValue? { values[index] }

        /// The argument; nil where it was not given or is `None`.
        func given(_ index: Int) -> JinjaValue? {
            guard let value = values[index], !value.isNone else { return nil }
            return value
        }

        func isTrue(_ index: Int) -> Bool { values[index]?.isTrue ?? false }

        /// - Throws: where it is no integer.
        func integer(_ index: Int, or standard: Int) throws -> Int {
            guard let value = values[index] else { return standard }
            return try value.asIndex()
        }

        /// - Throws: where it is no text.
        func string(_ index: Int, or standard: String) throws -> String {
            guard let value = values[index] else { return standard }
            return try value.asString()
        }
    }
}

extension JinjaValue {
    /// - Throws: where it is no integer, as Python has it of an index.
    func asIndex() throws -> Int {
        if let integer { return integer }
        if case .undefined(let undefined) = self { throw undefined.error }
        throw JinjaError.runtime("'\(typeName)' object cannot be interpreted as an integer")
    }

    /// - Throws: where it is no text.
    func asString() throws -> String {
        if let string { return string }
        throw JinjaError.runtime("expected str, not \(typeName)")
    }
}
