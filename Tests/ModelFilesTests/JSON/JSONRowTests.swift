import ModelFiles
import Testing

@Suite("Rows whose other columns may hold anything")
struct JSONRowTests {
    private func parse(_ text: String) throws -> JSONRow { try parse([UInt8](text.utf8)) }

    private func parse(_ bytes: [UInt8]) throws -> JSONRow { try bytes.withUnsafeBytes { try JSONReader.parseRow($0) } }

    /// The fault of `body`, as it comes.
    private func fault(_ body: () throws -> Void) -> JSONFault? { #expect(throws: JSONFault.self) { try body() } }

    @Test(
        "What is no JSON is stepped over, whole and only it",
        arguments: [
            "NaN", "-Infinity", "nan", "None", "undefined", "01", "1.", "+1", "0x1F", "1_000", "1e999", #""\ud83d""#,
            #""\ud83d\u0041""#, #""\x""#, #""\u12""#, "\"a\tb\"", #""\\\"\q""#, "[1, NaN]",
            #"{"deep": [Infinity, "\udc00"]}"#,
            #"{"a": 1, "a": 2}"#, #"{"]": "}"#, #"["}", {"[": ]}]"#, "[1 2]", "[,]", "tru", "12abc",
            String(repeating: "[", count: 300) + String(repeating: "]", count: 300),
        ])
    func skipped(_ value: String) throws {
        // A value that never ends is no value.
        guard value != #"{"]": "}"#, value != #"["}", {"[": ]}]"# else {
            _ = fault { _ = try parse(#"{"prompt": "p", "x": \#(value), "completion": " c"}"#) }
            return
        }
        let row = try parse(#"{"prompt": "p", "x": \#(value) , "completion": " c"}"#)
        #expect(try row.value("prompt")?.stringValue == "p")
        #expect(try row.value("completion")?.stringValue == " c")
        #expect(Set(row.keys) == ["prompt", "x", "completion"] && row.has("x") && !row.has("y"))
        let problem = fault { _ = try row.value("x") }
        #expect(
            problem.map { $0.offset >= 21 && $0.offset <= 21 + value.utf8.count + 1 } == true,
            "\(String(describing: problem))")
        #expect(row.lastFault == problem?.offset)
    }

    @Test("Bytes that are not UTF-8 harm the value or key that they stand in, and nothing else")
    func notUTF8() throws {
        let bytes =
            [UInt8](#"{"a": "1", "#.utf8) + [0x22, 0xFF, 0x22] + [UInt8](#": 2, "b": ""#.utf8) + [
                0xC3, 0x28, 0x22, 0x7D,
            ]
        let row = try parse(bytes)
        #expect(try row.value("a")?.stringValue == "1")
        #expect(row.keys == ["a", "b"])
        #expect(fault { _ = try row.value("b") }?.problem.contains("not valid UTF-8") == true)
    }

    @Test("A key that stands twice can be read by nobody, among few members and many", arguments: [0, 40])
    func repeated(_ others: Int) throws {
        let members = (0..<others).map { #", "k\#($0)": \#($0)"# }.joined()
        let row = try parse(#"{"a": 1, "b": 2, "a": 3\#(members)}"#)
        #expect(try row.value("b")?.intValue == 2)
        #expect(
            fault { _ = try row.value("a") } == JSONFault(offset: 17, problem: #"the key "a" stands a second time"#))
        #expect(row.keys.count == 2 + others)
    }

    @Test("A key whose one value is no JSON stays unreadable where it stands again with a good one")
    func repeatedFault() throws {
        for text in [#"{"a": NaN, "a": 1}"#, #"{"a": 1, "a": NaN}"#] {
            let row = try parse(text)
            #expect(row.keys == ["a"])
            _ = fault { _ = try row.value("a") }
        }
    }

    @Test(
        "Where members cannot be told apart the row is refused, with the place",
        arguments: [
            (#"{"a": 1"#, 7), (#"{"a": 1 "b": 2}"#, 8), (#"{"a" 1}"#, 5), (#"{'a': 1}"#, 1), (#"{"a": 1,}"#, 8),
            (#"{"a": }"#, 6), (#"{"a": "1}"#, 6), (#"{"a": [1}"#, 8), (#"{"a": 1} {"a": 2}"#, 9), ("[1]", 0), ("7", 0),
            (#"{"a"#, 1), ("", 0), (#"{"a": "\"#, 6),
        ])
    func refused(_ text: String, _ offset: Int) {
        #expect(fault { _ = try parse(text) }?.offset == offset, "\(text)")
    }

    @Test("A row without a fault is what the strict reader makes of it")
    func strict() throws {
        let text = #" {"a": [1, {"b": null}], "é": "\ud83e\udd99", "c": -1.5e3, "": true} "#
        let strict = try #require(try JSONReader.parse(text, name: "text").objectValue)
        let row = try parse(text)
        #expect(row.keys == strict.keys && row.lastFault == nil)
        #expect(try row.value("é")?.stringValue == "🦙")
        #expect(try row.value("c")?.doubleValue == -1500)
        #expect(try row.value("")?.boolValue == true)
        #expect(try row.value("a")?.arrayValue?.count == 2)
    }
}
