import Manifests
import Testing

/// YAML 1.2's core types, as far as they show in what a field accepts.
@Suite("YAML 1.2 core types") struct FieldTypesTests {
    @Test(
        "An unquoted word that YAML 1.1 took for a truth value is text",
        arguments: ["no", "on", "yes", "off", "y", "No", "ON"])
    func wordsAreText(word: String) throws {
        #expect(try load(shortest + "evaluation: {data: d.jsonl, slice_by: \(word)}").evaluation.sliceBy == word)
        #expect(mistakes(shortest + "training: {append_eos: \(word)}").count == 1)
    }

    @Test("true and false have three spellings each", arguments: ["true", "True", "TRUE", "false", "False", "FALSE"])
    func truth(word: String) throws {
        #expect(
            try load(shortest + "training: {append_eos: \(word)}").training.appendEOS == (word.lowercased() == "true"))
    }

    @Test(
        "Whole numbers are decimal, 0x or 0o",
        arguments: [
            ("7", 7), ("+7", 7), ("0x1F", 31), ("0xff", 255), ("0o17", 15), ("007", 7),
            ("9223372036854775807", Int.max),
        ])
    func integers(text: String, value: Int) throws {
        #expect(try load(shortest + "training: {seed: \(text)}").training.seed == value)
    }

    @Test(
        "Numbers may have a point, an exponent, or neither",
        arguments: [("1e-4", 1e-4), ("1.0e-4", 1e-4), (".5", 0.5), ("1.", 1), ("5E-1", 0.5), ("1", 1), ("+0.25", 0.25)])
    func numbers(text: String, value: Double) throws {
        #expect(try load(shortest + "training: {learning_rate: \(text)}").training.learningRate == value)
    }

    @Test(
        "What only looks like a number is text",
        arguments: ["1e", "1_000", "0x", "0o8", "0b1", "12:30", "e5", "+.nan", "--1", "1e+", "0xg", "1.2.3", "- 1"])
    func notNumbers(text: String) {
        #expect(mistakes(shortest + "training: {learning_rate: \"\(text)\"}").count == 1)
        let found = mistakes(shortest + "training:\n  learning_rate: \(text)")
        #expect(found.count == 1 && !found[0].contains("is the number"), "\(found)")
    }

    @Test(
        "Infinity, not-a-number and overflow are refused where a finite number is needed",
        arguments: [".inf", "-.inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN", "1e999"])
    func notFinite(text: String) {
        let found = mistakes(shortest + "training: {max_grad_norm: \(text)}")
        #expect(
            found == ["job.yaml:4:27: training.max_grad_norm is \(text); it must be a finite number at least 0"])
    }

    @Test("A quoted number is text", arguments: ["\"8\"", "'8'", "!!str 8", "! 8"])
    func quoted(text: String) {
        let found = mistakes(shortest + "adapter: {rank: \(text)}")
        #expect(found.first?.contains("adapter.rank is the text \"8\"; expected a whole number") == true, "\(found)")
    }

    @Test("Null and ~ stand for the default", arguments: ["null", "~", "Null", "NULL"])
    func null(text: String) throws {
        #expect(try load(shortest + "adapter: {rank: \(text)}").adapter.rank == 8)
    }

    @Test("A core tag is honoured and checked")
    func tags() throws {
        #expect(try load(shortest + "adapter: !!map {rank: !!int \"4\", alpha: !!float 3}").adapter.rank == 4)
        #expect(
            mistakes(shortest + "adapter: {rank: !!int four}").first
                == "job.yaml:4:17: \"four\" is not what its tag !!int says")
    }

    @Test("Any other tag is refused, at its place", arguments: ["!!binary", "!!timestamp", "!python/object:os.system"])
    func foreignTags(tag: String) {
        let found = mistakes(shortest + "notify: [\(tag) chat]")
        #expect(found.count == 1 && found[0].hasPrefix("job.yaml:4:10: the tag"), "\(found)")
    }

    @Test("A whole number over 64 bits is refused, not wrapped")
    func overflow() {
        let found = mistakes(shortest + "training: {seed: 99999999999999999999}")
        #expect(found.first?.contains("is the number 99999999999999999999; expected a whole number") == true)
    }

    @Test("A hash of digits alone is still a hash")
    func numericHash() throws {
        let digits = String(repeating: "1", count: 62) + "e9"
        #expect(try load(shortest.replacing(hash, with: digits)).base.sha256 == digits)
    }
}
