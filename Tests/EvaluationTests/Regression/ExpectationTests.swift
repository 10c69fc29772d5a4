import Evaluation
import Testing

private typealias Expectation = Evaluation.Expectation

extension Evaluation.Expectation {
    /// Of an answer that ended by itself after a token.
    fileprivate func failure(_ text: String) -> String? { failure(Generation(ids: [1], endToken: 2, text: text)) }
}

@Suite("Expectations")
struct ExpectationTests {
    private func pattern(_ text: String) throws -> Expectation { .matches(try #require(RegularExpression(text))) }

    @Test("contains and not_contains look for bytes anywhere, case and white space included")
    func contains() {
        #expect(Expectation.contains("pos").failure(" positive") == nil)
        #expect(Expectation.contains("Pos").failure(" positive") == "The text does not contain \"Pos\".")
        #expect(Expectation.notContains("neg").failure(" positive") == nil)
        #expect(Expectation.notContains("pos").failure(" positive") == "The text contains \"pos\".")
    }

    @Test("equals compares every byte: another normalisation or a space is another text")
    func equals() {
        #expect(Expectation.equals(" a").failure(" a") == nil)
        #expect(Expectation.equals("a").failure(" a") == "The text is not \"a\".")
        #expect(Expectation.equals("").failure("") == nil)
        #expect(Expectation.equals("e\u{301}").failure("\u{e9}") != nil)
        #expect(Expectation.contains("e\u{301}").failure("caf\u{e9}") != nil)
    }

    @Test("matches searches anywhere unless anchored")
    func matches() throws {
        #expect(try pattern("[0-9]{2}").failure("in 42 days") == nil)
        #expect(try pattern("^[0-9]{2}$").failure("in 42 days") == "The text does not match /^[0-9]{2}$/.")
        #expect(RegularExpression("(") == nil)
    }

    @Test("A text longer than may be searched fails instead of being searched")
    func longText() throws {
        let text = String(repeating: "x", count: RegularExpression.maximumText + 1)
        #expect(try pattern("x").failure(String(text.dropLast())) == nil)
        let reason = try pattern("x").failure(text)
        #expect(reason == "The text is longer than the 32768 UTF-16 units that a pattern is tried on.")
    }

    @Test(
        "A pattern that backtracks without end is given up, not waited for",
        arguments: ["^(a+)+$", "(a+a+)+y", "(a|aa)+$"])
    func backtracking(text: String) throws {
        let reason = try pattern(text).failure(String(repeating: "a", count: 60) + "b")
        #expect(reason == "Matching /\(text)/ takes more steps than are allowed.")
    }

    @Test("All of a prompt's expectations must hold, and every one that does not is told")
    func judge() throws {
        let prompt = RegressionPrompt(id: "p", prompt: "q", expectations: [.contains("a"), .notContains("b")])
        let met = prompt.judge(Generation(ids: [1], endToken: nil, text: "a"))
        #expect(met?.passed == true && met?.reason == nil)
        let missed = prompt.judge(Generation(ids: [1], endToken: nil, text: "b"))
        #expect(missed?.passed == false)
        #expect(missed?.reason == "The text does not contain \"a\". The text contains \"b\".")
        #expect(RegressionPrompt(id: "p", prompt: "q").judge(Generation(ids: [], endToken: nil, text: "a")) == nil)
    }

    @Test("icontains looks past the case of letters, of any script")
    func ignoringCase() {
        #expect(Expectation.containsIgnoringCase("POSITIVE").failure(" positive") == nil)
        #expect(Expectation.containsIgnoringCase("ÄÖ").failure("xäöx") == nil)
        #expect(Expectation.containsIgnoringCase("b").failure("a") == "The text does not contain \"b\", in any case.")
    }

    @Test("max_tokens asks for an end within so many tokens")
    func length() {
        func answer(_ count: Int, ends: Bool) -> Generation {
            Generation(ids: [Int](repeating: 1, count: count), endToken: ends ? 2 : nil, text: "x")
        }
        #expect(Expectation.maximumTokens(3).failure(answer(3, ends: true)) == nil)
        #expect(Expectation.maximumTokens(3).failure(answer(4, ends: true)) == "The text has 4 tokens, not 3 at most.")
        #expect(
            Expectation.maximumTokens(3).failure(answer(4, ends: false))
                == "The text has 4 tokens or more, not 3 at most.")
        #expect(
            Expectation.maximumTokens(3).failure(answer(2, ends: false))?.contains("cut off after 2 tokens") == true)
    }
}
