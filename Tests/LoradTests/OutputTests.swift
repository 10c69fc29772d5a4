import Foundation
import Testing
import lorad

@Suite("JSON on stdout")
struct OutputTests {
    private struct Figures: Encodable {
        let loss: Double
        let rate: Float
        let most: Double
        let text = "a\u{1B}[31m\u{202E}b\n"
    }

    @Test("A figure that is no number is a word, and nothing in the line can move a terminal's cursor")
    func words() throws {
        let text = try Output.text(Figures(loss: .nan, rate: -.infinity, most: .infinity))
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E })
        let read = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: String])
        #expect(
            read == ["loss": "NaN", "rate": "-Infinity", "most": "Infinity", "text": "a\u{1B}[31m\u{202E}b\n"])
    }
}
