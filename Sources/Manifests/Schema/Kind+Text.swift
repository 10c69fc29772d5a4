import Common
import ForeignText

extension Kind where Value == String {
    /// Text that is not empty, of at most `limit` bytes. `rule` answers what is wrong with a text, or nil.
    static func text(
        _ type: String, example: String, limit: Int = 4_096,
        rule: @escaping @Sendable (String) -> String? = { _ in nil }
    ) -> Kind<String> {
        Kind(
            type: type, expectation: "\(type), such as \(example)",
            read: { node, context, path in
                guard case .string(let text) = node.scalar?.value else {
                    let isScalar = node.scalar != nil && !node.isNull
                    let advice = isScalar ? "; put quotes around it if it is meant as text" : ""
                    context.diagnostics.add(
                        node.position,
                        "\(path) is \(Shown.kind(of: node)); expected \(type), such as \(example)\(advice)")
                    return nil
                }
                let fault =
                    text.isEmpty
                    ? "is empty; expected \(type), such as \(example)" : tooLong(text, type, limit: limit) ?? rule(text)
                guard let fault else { return text }
                context.diagnostics.add(node.position, "\(path) \(fault)")
                return nil
            },
            write: { YAMLNode(.scalar(YAMLScalar(string: $0))) })
    }

    private static func tooLong(_ text: String, _ type: String, limit: Int) -> String? {
        text.utf8.count > limit
            ? "is \(Shown.quoted(text)) with \(text.utf8.count) bytes; a \(type) has at most \(limit)" : nil
    }

    /// A file or folder; whether it exists and may be used is `PathPolicy`'s question. One that a reader of a message or a
    /// page could not see whole is refused.
    static func path(example: String) -> Kind<String> {
        text("path", example: example, limit: PathPolicy.longestPath) { text in
            // Of a NUL the composer has told.
            ForeignText.isPlain(text) || text.utf8.contains(0)
                ? nil : "is \(Shown.quoted(text)); a path holds no control character and none that cannot be seen"
        }
    }

    /// A name that becomes a folder's name: `[a-z0-9][a-z0-9._-]{0,63}`, without `..`, and none of `reserved`.
    static func name(example: String, reserved: [String] = []) -> Kind<String> {
        text("name", example: example) { text in
            if reserved.contains(text) {
                return "is \(text), which has a meaning of its own in the outbox; choose another name"
            }
            return FolderName.fits(text)
                ? nil
                : "is \(Shown.quoted(text)); a name has 1 to 64 of the characters a-z 0-9 . _ -, "
                    + "starts with a letter or digit, and has no two dots in a row"
        }
    }

    /// A day of the Gregorian calendar, `YYYY-MM-DD`.
    static var date: Kind<String> {
        text("date", example: "2026-11-29") { text in
            CalendarDay(text) != nil ? nil : "is \(Shown.quoted(text)); expected a day, such as 2026-11-29"
        }
    }

    /// A SHA-256 in hexadecimal, lower-cased.
    static var sha256: Kind<String> {
        Kind(
            type: "SHA-256 (64 hexadecimal digits)", expectation: "64 hexadecimal digits",
            read: { node, context, path in
                // By its text: a hash of digits alone, or with one e among them, is a number to YAML.
                let text = node.scalar?.text.lowercased() ?? ""
                if text.utf8.count == 64, text.allSatisfy({ $0.isASCII && $0.isHexDigit }) { return text }
                let found =
                    node.scalar == nil
                    ? Shown.kind(of: node) : "\(Shown.quoted(text)) (\(text.count) characters)"
                context.diagnostics.add(
                    node.position,
                    "\(path) is \(found); expected the 64 hexadecimal digits that `lorad hash PATH` prints")
                return nil
            },
            write: { YAMLNode(.scalar(YAMLScalar(string: $0))) })
    }
}

extension Kind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of a fixed set of words. `planned` are known words that lorad does not do yet.
    static func choice(planned: [String] = []) -> Kind<Value> {
        let words = Value.allCases.map(\.rawValue)
        return Kind(
            type: words.map { "`\($0)`" }.joined(separator: ", "),
            expectation: words.joined(separator: ", "),
            read: { node, context, path in
                let text = node.scalar?.text ?? ""
                if node.scalar != nil, let value = Value(rawValue: text) { return value }
                let expected =
                    words.count == 1 ? "expected \(words[0])" : "expected one of \(words.joined(separator: ", "))"
                var message = "\(path) is \(Shown.kind(of: node)); \(expected)"
                if planned.contains(text) {
                    message = "\(path) \(Shown.quoted(text)) is not yet supported; \(expected)"
                } else if let close = Suggestion.closest(to: text, among: words) {
                    message = "\(path) is \(Shown.kind(of: node)); did you mean \(close)? \(expected)"
                }
                context.diagnostics.add(node.position, message)
                return nil
            },
            write: { YAMLNode(.scalar(YAMLScalar(string: $0.rawValue))) })
    }
}
