/// Explicit tags: those of the core schema are honoured, every other one is refused.
enum YAMLTag {
    static let prefix = "tag:yaml.org,2002:"

    struct Fault: Error {
        let message: String
    }

    static func refusal(_ tag: String) -> String {
        "the tag \(Shown.quoted(short(tag))) does not fit here; known are !!str, !!int, !!float, !!bool, !!null, "
            + "!!seq and !!map"
    }

    /// The scalar that `text` is under an explicit tag.
    static func resolve(_ text: String, tag: String) -> Result<YAMLScalar, Fault> {
        let plain = YAMLScalar(plain: text)
        switch (tag, plain.value) {
        case ("!", _), (prefix + "str", _):
            return .success(YAMLScalar(string: text))
        case (prefix + "null", .null), (prefix + "bool", .boolean), (prefix + "int", .integer),
            (prefix + "float", .number):
            return .success(plain)
        case (prefix + "float", .integer(let integer)):
            return .success(YAMLScalar(text: text, value: .number(Double(integer))))
        case (prefix + "null", _), (prefix + "bool", _), (prefix + "int", _), (prefix + "float", _):
            return .failure(Fault(message: "\(Shown.quoted(text)) is not what its tag \(short(tag)) says"))
        default:
            return .failure(Fault(message: refusal(tag)))
        }
    }

    private static func short(_ tag: String) -> String {
        tag.hasPrefix(prefix) ? "!!" + tag.dropFirst(prefix.count) : tag
    }
}
