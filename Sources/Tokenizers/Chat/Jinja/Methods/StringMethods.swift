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
    @Sendable static func scalars(_ value: JinjaValue, _ evaluator: JinjaEvaluator) throws -> [Unicode.Scalar] {
        try evaluator.checked(try value.asString()).scalars
    }

    /// - Parameter read: what the value's characters are.
    static func cased(
        _ change: @escaping @Sendable ([Unicode.Scalar]) -> String,
        of read: @escaping @Sendable (JinjaValue, JinjaEvaluator) throws -> [Unicode.Scalar] = scalars
    ) -> JinjaMethod {
        { value, evaluator, call in
            _ = try call.bound()
            return value.derived(try evaluator.checked(change(try read(value, evaluator))))
        }
    }

    private static func stripping(_ side: PythonText.Side) -> JinjaMethod {
        { value, evaluator, call in
            try call.refuseKeywords()
            let characters = try call.bound("chars").given(0)?.asString()
            try evaluator.charge(characters ?? "")
            return value.derived(
                String(scalars: PythonText.stripped(try scalars(value, evaluator), of: characters, side)))
        }
    }

    /// The text of an argument; escaped where the value that the method is of is marked.
    private static func part(_ argument: JinjaValue?, of value: JinjaValue, _ evaluator: JinjaEvaluator) throws
        -> String
    {
        let argument = argument ?? .none
        if case .markup = value { return try Markup.escaped(argument, evaluator) }
        return try argument.asString()
    }

    private static let replace: JinjaMethod = { value, evaluator, call in
        let arguments = try call.bound("old", "new", "count", required: 2)
        let old = try (arguments[0] ?? .none).asString()
        let new = try part(arguments[1], of: value, evaluator)
        return value.derived(
            try PythonText.replace(
                old, by: new, in: try scalars(value, evaluator), limit: try arguments.integer(2, or: -1), evaluator))
    }

    private static let removePrefix: JinjaMethod = { value, evaluator, call in
        try call.refuseKeywords()
        let prefix = try evaluator.checked(try call.bound("prefix", required: 1).string(0, or: "")).scalars
        let text = try scalars(value, evaluator)
        return text.starts(with: prefix) ? value.derived(String(scalars: text.dropFirst(prefix.count))) : value
    }

    private static let removeSuffix: JinjaMethod = { value, evaluator, call in
        try call.refuseKeywords()
        let suffix = try evaluator.checked(try call.bound("suffix", required: 1).string(0, or: "")).scalars
        let text = try scalars(value, evaluator)
        return text.suffix(suffix.count) == suffix[...]
            ? value.derived(String(scalars: text.dropLast(suffix.count))) : value
    }

    // MARK: Widths

    private typealias Pad = @Sendable (String, Int, Unicode.Scalar, JinjaEvaluator) throws -> String

    private static func padding(_ pad: @escaping Pad) -> JinjaMethod {
        { value, evaluator, call in
            try call.refuseKeywords()
            let arguments = try call.bound("width", "fillchar", required: 1)
            let fill = try evaluator.checked(try part(arguments[1] ?? .text(" "), of: value, evaluator)).scalars
            guard fill.count == 1 else {
                throw JinjaError.runtime("The fill character must be exactly one character long")
            }
            return value.derived(try pad(try value.asString(), try arguments.integer(0, or: 0), fill[0], evaluator))
        }
    }

    private static let zeroFill: JinjaMethod = { value, evaluator, call in
        try call.refuseKeywords()
        let width = try call.bound("width", required: 1).integer(0, or: 0)
        let text = try scalars(value, evaluator)
        guard width > text.count else { return value }
        let sign = text.first == "-" || text.first == "+" ? text.prefix(1) : []
        let digits = String(scalars: text.dropFirst(sign.count))
        return value.derived(
            String(scalars: sign) + (try Padding.right(digits, width - sign.count, "0", evaluator)))
    }

    private static let expandTabs: JinjaMethod = { value, evaluator, call in
        let size = try call.bound("tabsize").integer(0, or: 8)
        var (output, column) = ("", 0)
        for scalar in try scalars(value, evaluator) {
            if scalar == "\t" {
                guard size > 0 else { continue }
                let count = size - column % size
                try evaluator.append(try evaluator.repeated(" ", count), to: &output)
                column += count
            } else {
                output.unicodeScalars.append(scalar)
                column = scalar == "\n" || scalar == "\r" ? 0 : column + 1
            }
            try evaluator.checkSize(output.utf8.count)
        }
        return value.derived(output)
    }

    // MARK: Putting together

    private static let join: JinjaMethod = { value, evaluator, call in
        try call.refuseKeywords()
        let separator = try value.asString()
        let elements = try (call.bound("iterable", required: 1)[0] ?? .none).iterator(evaluator)
        var (text, index) = ("", 0)
        while let element = try elements.next() {
            if index > 0 { try evaluator.append(separator, to: &text) }
            index += 1
            try evaluator.append(try part(element, of: value, evaluator), to: &text)
        }
        return value.derived(text)
    }

    private static let format: JinjaMethod = { value, evaluator, call in
        try BraceFormat.format(value, call, evaluator)
    }

    private static let formatMap: JinjaMethod = { value, evaluator, call in
        try call.refuseKeywords()
        guard case .dictionary(let dictionary)? = try call.bound("mapping", required: 1)[0] else {
            throw JinjaError.unsupported("format_map of anything but an object is not supported")
        }
        var keywords: [(name: String, value: JinjaValue)] = []
        for (key, value) in zip(dictionary.keys, dictionary.values) {
            try evaluator.charge(1)
            if let name = key.string { keywords.append((name, value)) }
        }
        return try BraceFormat.format(value, JinjaCall(keywords: keywords), evaluator)
    }
}
