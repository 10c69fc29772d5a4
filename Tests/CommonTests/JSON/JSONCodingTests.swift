import Common
import Foundation
import Testing

@Suite("JSON of lorad's own")
struct JSONCodingTests {
    private struct Sample: Codable, Equatable {
        var z = "a/b"
        var a = Date(timeIntervalSince1970: 1_795_480_212)
        var value = 0.5
    }

    @Test("The same value is the same bytes: keys sorted, slashes as they are, dates in UTC")
    func bytes() throws {
        let line = String(decoding: try JSONCoding.encoder(.line).encode(Sample()), as: UTF8.self)
        #expect(line == #"{"a":"2026-11-24T00:30:12Z","value":0.5,"z":"a/b"}"#)
        let document = try JSONCoding.encoder(.document).encode(Sample())
        #expect(
            String(decoding: document, as: UTF8.self)
                == "{\n  \"a\" : \"2026-11-24T00:30:12Z\",\n  \"value\" : 0.5,\n  \"z\" : \"a/b\"\n}")
        #expect(try JSONCoding.decoder().decode(Sample.self, from: document) == Sample())
    }

    @Test("In a line of text, what is not finite and a part of a second survive")
    func compact() throws {
        let date = Date(timeIntervalSinceReferenceDate: 0.125)
        for value in [1.5, .infinity, -.infinity] {
            let sample = Sample(a: date, value: value)
            let text = try CompactJSON.encode(sample)
            #expect(!text.contains("\n"))
            let back: Sample = try CompactJSON.decode(text)
            #expect(back == sample)
        }
        #expect(try CompactJSON.encode([Double.nan, .infinity, -.infinity]) == #"["nan","inf","-inf"]"#)
        let back: [Double] = try CompactJSON.decode(#"["nan"]"#)
        #expect(back.count == 1 && back[0].isNaN)
    }
}
