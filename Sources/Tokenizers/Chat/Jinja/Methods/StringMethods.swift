/// Methods of `str`.
enum StringMethods {
    static let all: [String: JinjaMethod] = changing.merging(StringQueries.all) { first, _ in first }
        .merging(StringSplitting.all) { first, _ in first }

    /// What Python has besides: bytes, tables of characters, and a folding that Swift does not offer.
    static let unsupported: Set<String> = ["casefold", "encode", "maketrans", "translate"]

    private static let changing: [String: JinjaMethod] = [
        "upper": cased { PythonText.upper($0) }, "lower": cased { PythonText.lower($0) },
        "capitalize": cased { PythonText.capitalized($0) }, "title": cased { PythonText.title($0) },
        "swapcase": cased { PythonText.swapped($0) },
        "strip": stripping(.both), "lstrip": stripping(.left), "rstrip": stripping(.right),
        "replace": replace, "removeprefix": removePrefix, "removesuffix": removeSuffix,
        "center": padding(Padding.center), "ljust": padding(Padding.left), "rjust": padding(Padding.right),
        "zfill": zeroFill, "expandtabs": expandTabs, "join": join, "format": format, "format_map": formatMap,
    ]

    /// The characters of the value that a method is of.
    @Sendable static func scalars(_ value: JinjaValue, _ budget: JinjaBudget) throws -> [Unicode.Scalar] {
        try budget.checked(try value.asString()).scalars
    }

    /// - Parameter read: what the value's characters are.
    static func cased(
        _ change: @escaping @Sendable ([Unicode.Scalar]) -> String,
        of read: @escaping @Sendable (JinjaValue, JinjaBudget) throws -> [Unicode.Scalar] = scalars
    ) -> JinjaMethod {
        { value, budget, call in
            _ = try call.bound()
            return value.derived(try budget.checked(change(try read(value, budget))))
        }
    }

    private static func stripping(_ side: PythonText.Side) -> JinjaMethod {
        { value, budget, call in
            try call.refuseKeywords()
            let characters = try call.bound("chars").given(0)?.asString()
            try budget.charge(characters ?? "")
            return value.derived(
                String(scalars: PythonText.stripped(try scalars(value, budget), of: characters, side)))
        }
    }

    /// The text of an argument; escaped where the value that the method is of is marked.
    private static func part(_ argument: JinjaValue?, of value: JinjaValue, _ budget: JinjaBudget) throws
        -> String
    {
        let argument = argument ?? .none
        if case .markup = value { return try Markup.escaped(argument, budget) }
        return try argument.asString()
    }

    private static let replace: JinjaMethod = { value, budget, call in
        let arguments = try call.bound("old", "new", "count", required: 2)
        let old = try (arguments[0] ?? .none).asString()
        let new = try part(arguments[1], of: value, budget)
        return value.derived(
            try PythonText.replace(
                old, by: new, in: try scalars(value, budget), limit: try arguments.integer(2, or: -1), budget))
    }

    private static let removePrefix: JinjaMethod = { value, budget, call in
        try call.refuseKeywords()
        let prefix = try budget.checked(try call.bound("prefix", required: 1).string(0, or: "")).scalars
        let text = try scalars(value, budget)
        return text.starts(with: prefix) ? value.derived(String(scalars: text.dropFirst(prefix.count))) : value
    }

    private static let removeSuffix: JinjaMethod = { value, budget, call in
        try call.refuseKeywords()
        let suffix = try budget.checked(try call.bound("suffix", required: 1).string(0, or: "")).scalars
        let text = try scalars(value, budget)
        return text.suffix(suffix.count) == suffix[...]
            ? value.derived(String(scalars: text.dropLast(suffix.count))) : value
    }

    // MARK: Widths

    private typealias Pad = @Sendable (String, Int, Unicode.Scalar, JinjaBudget) throws -> String

    private static func padding(_ pad: @escaping Pad) -> JinjaMethod {
        { value, budget, call in
            try call.refuseKeywords()
            let arguments = try call.bound("width", "fillchar", required: 1)
            let fill = try budget.checked(try part(arguments[1] ?? .text(" "), of: value, budget)).scalars
            guard fill.count == 1 else {
                throw JinjaError.runtime("The fill character must be exactly one character long")
            }
            return value.derived(try pad(try value.asString(), try arguments.integer(0, or: 0), fill[0], budget))
        }
    }

    private static let zeroFill: JinjaMethod = { value, budget, call in
        try call.refuseKeywords()
        let width = try call.bound("width", required: 1).integer(0, or: 0)
        let text = try scalars(value, budget)
        guard width > text.count else { return value }
        let sign = text.first == "-" || text.first == "+" ? text.prefix(1) : []
        let digits = String(scalars: text.dropFirst(sign.count))
        return value.derived(
            String(scalars: sign) + (try Padding.right(digits, width - sign.count, "0", budget)))
    }

    private static let expandTabs: JinjaMethod = { value, budget, call in
        let size = try call.bound("tabsize").integer(0, or: 8)
        var (output, column) = ("", 0)
        for scalar in try scalars(value, budget) {
            if scalar == "\t" {
                guard size > 0 else { continue }
                let count = size - column % size
                try budget.append(try budget.repeated(" ", count), to: &output)
                column += count
            } else {
                output.unicodeScalars.append(scalar)
                column = scalar == "\n" || scalar == "\r" ? 0 : column + 1
            }
            try budget.checkSize(output.utf8.count)
        }
        return value.derived(output)
    }

    // MARK: Putting together

    private static let join: JinjaMethod = { value, budget, call in
        try call.refuseKeywords()
        let separator = try value.asString()
        let elements = try (call.bound("iterable", required: 1)[0] ?? .none).iterator(budget)
        var (text, index) = ("", 0)
        while let element = try elements.next() {
            if index > 0 { try budget.append(separator, to: &text) }
            index += 1
            try budget.append(try part(element, of: value, budget), to: &text)
        }
        return value.derived(text)
    }

    private static let format: JinjaMethod = { value, budget, call in
        try BraceFormat.format(value, call, budget)
    }

    private static let formatMap: JinjaMethod = { value, budget, call in
        try call.refuseKeywords()
        guard case .dictionary(let dictionary)? = try call.bound("mapping", required: 1)[0] else {
            throw JinjaError.unsupported("format_map of anything but an object is not supported")
        }
        var keywords: [(name: String, value: JinjaValue)] = []
        for (key, value) in zip(dictionary.keys, dictionary.values) {
            try budget.charge(1)
            if let name = key.string { keywords.append((name, value)) }
        }
        return try BraceFormat.format(value, JinjaCall(keywords: keywords), budget)
    }
}
