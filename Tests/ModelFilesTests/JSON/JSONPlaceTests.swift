import ModelFiles
import Testing

@Suite("Places in JSON")
struct JSONPlaceTests {
    private func offset(_ text: String, _ path: [JSONStep]) -> Int? {
        Array(text.utf8).withUnsafeBytes { JSONReader.offset(of: path, in: $0) }
    }

    @Test("A path leads to where a member's key, or an element, begins")
    func places() {
        let text = #"{"a": 1, "b": [{"é": {}}, {"c" : [2, "x"]}]}"#
        #expect(offset(text, [.key("a")]) == 1)
        #expect(offset(text, [.key("b"), .index(1)]) == 27)
        #expect(offset(text, [.key("b"), .index(0), .key("é")]) == 16)
        #expect(offset(text, [.key("b"), .index(1), .key("c"), .index(1)]) == 38)
    }

    @Test("A path that leads to nothing, or through what is no JSON, has no place")
    func nowhere() {
        for path: [JSONStep] in [[.key("z")], [.index(0)], [.key("a"), .key("b")], []] {
            #expect(offset(#"{"a": 1}"#, path) == nil)
        }
        #expect(offset(#"{"a": nan, "b": 1}"#, [.key("b")]) == nil && offset("", [.key("a")]) == nil)
        #expect(offset(#"{"a" 1}"#, [.key("a")]) == nil)
    }

    @Test("A value in one line reads back as itself")
    func line() throws {
        let text = #"{"a": [1, 2.5, null, true, "é\"\n"], "b": {}}"#
        #expect(JSONText.line(try JSONReader.parse(text, name: "t")) == text)
    }
}
