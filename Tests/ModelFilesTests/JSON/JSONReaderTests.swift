import ModelFiles
import Testing

@Suite("The JSON reader")
struct JSONReaderTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONReader.parse(text, name: "text") }

    @Test("Integers stay integers; fractions, exponents and what exceeds 64 bits are numbers")
    func numbers() throws {
        #expect(try parse("-0").intValue == 0)
        #expect(try parse("9223372036854775807").intValue == .max)
        #expect(try parse("-9223372036854775808").intValue == .min)
        #expect(try parse("9223372036854775808").intValue == nil)
        #expect(try parse("9223372036854775808").doubleValue == 0x1p63)
        #expect(try parse("1.0").intValue == nil)
        #expect(try parse("1e-5").doubleValue == 1e-5)
        #expect(try parse(" [ -12.5E+1 ] ").arrayValue?.first?.doubleValue == -125)
    }

    @Test(
        "What is no number is refused",
        arguments: ["01", "-", "1.", ".5", "1e", "+1", "1e999", "0x10", "NaN", "Infinity", "-01", "--1", "1_0"])
    func badNumbers(_ text: String) {
        expectError(.malformed) { try parse(text) }
    }

    @Test("Every escape is decoded, and a surrogate pair is one scalar")
    func escapes() throws {
        #expect(try parse(#""\"\\\/\b\f\n\r\t\u00e9\uD83E\uDD99\u0000""#).stringValue == "\"\\/\u{8}\u{C}\n\r\té🦙\0")
    }

    @Test(
        "Broken strings are refused with the offset of the fault",
        arguments: [
            (#""a\ud800b""#, "at byte 2, a high surrogate"), (#""\udc00""#, "at byte 1, a low surrogate"),
            (#""\ud83e\u0041""#, "at byte 1, a high surrogate"), (#""\u12g4""#, "at byte 1"), (#""\u12"#, "at byte 0"),
            (#""\u12""#, "at byte 1"), (#""\x""#, "at byte 1"), (#""abc"#, "at byte 0"), (#""abc\"#, "at byte 0"),
            ("\"a\nb\"", "at byte 2, a control character"), (#""\ud83e\ud83e""#, "at byte 1, a high surrogate"),
        ])
    func brokenStrings(_ text: String, _ problem: String) {
        expectError(.malformed, containing: problem) { try parse(text) }
    }

    @Test("Bytes that are not UTF-8 are refused")
    func invalidUTF8() {
        let bytes: [UInt8] = [0x5B, 0x22, 0xC3, 0x28, 0x22, 0x5D]
        expectError(.malformed, containing: "at byte 1") {
            try bytes.withUnsafeBytes { try JSONReader.parse($0, name: "bytes") }
        }
    }

    @Test(
        "Broken structure is refused with the offset of the fault",
        arguments: [
            ("", "at byte 0, a value was expected, the end"), ("{", "at byte 1"), ("[1,]", "at byte 3"),
            ("[1 2]", "at byte 3, ',' or ']'"), (#"{"a" 1}"#, "at byte 5, a colon"), (#"{"a":1,}"#, "at byte 7"),
            ("{a:1}", "at byte 1, a key in quotes"), ("tru", "true was expected"), ("1 2", "at byte 2"),
            ("nul", "null"),
            ("]", "at byte 0"), (#"{"a":}"#, "at byte 5"), ("[,]", "at byte 1"), ("\u{FEFF}1", "at byte 0"),
        ])
    func brokenStructure(_ text: String, _ problem: String) {
        expectError(.malformed, containing: problem) { try parse(text) }
    }

    @Test("A repeated key is refused with the offset of the second, in small and large objects", arguments: [1, 40])
    func repeatedKeys(_ others: Int) {
        let members = (0..<others).map { #""k\#($0)":0"# }.joined(separator: ",")
        let text = #"{"a":1,"# + members + #","a":2}"#
        let offset = text.utf8.count - 6
        expectError(.malformed, containing: "at byte \(offset), the key \"a\"") { try parse(text) }
    }

    @Test("Keys that look alike in different Unicode spellings are different keys", arguments: [0, 40])
    func unicodeSpellings(_ others: Int) throws {
        let members = (0..<others).map { #","k\#($0)":0"# }.joined()
        let value = try parse("{\"\u{E9}\":1,\"e\u{301}\":2\(members)}")
        #expect(value["\u{E9}"]?.intValue == 1)
        #expect(value["e\u{301}"]?.intValue == 2)
        #expect(value["e"] == nil)
        #expect(value.objectValue?.count == others + 2)
    }

    @Test("Objects keep the order of the file")
    func order() throws {
        let text = "{" + (0..<100).reversed().map { #""k\#($0)":\#($0)"# }.joined(separator: ",") + "}"
        #expect(try parse(text).objectValue?.keys == (0..<100).reversed().map { "k\($0)" })
    }

    @Test("Nesting is allowed to the limit and refused beyond it")
    func nesting() throws {
        let limit = JSONReader.maximumDepth
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try parse(nested(limit))
        expectError(.malformed, containing: "nested deeper") { try parse(nested(limit + 1)) }
        expectError(.malformed, containing: "nested deeper") { try parse(String(repeating: "[", count: 1_000_000)) }
    }

    @Test("Siblings do not add to the depth")
    func siblings() throws {
        let text = "[" + [String](repeating: "[[]]", count: 1000).joined(separator: ",") + "]"
        #expect(try parse(text).arrayValue?.count == 1000)
    }

    @Test(
        "Quoted text reads back as the text it was",
        arguments: ["", "a\"b\\c/\u{1}\u{7F}\n\r\t\u{8}\u{C}", "é🦙\u{2028}"])
    func quoting(_ text: String) throws {
        #expect(try parse(JSONText.quote(text)).stringValue == text)
    }
}
