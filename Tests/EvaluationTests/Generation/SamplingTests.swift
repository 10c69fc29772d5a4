import Evaluation
import ModelFiles
import TestSupport
import Testing

@Suite("Sampling")
struct SamplingTests {
    private func ids(_ sampling: Sampling, _ logits: [Float], places: Range<Int>) throws -> [Int] {
        let model = FormulaModel(positions: places.upperBound + 1) { _ in logits }
        let generator = TextGenerator(
            tokenizer: CharacterTokenizer(), endTokens: [], maximumNewTokens: places.upperBound,
            choice: .sampled(sampling))
        return Array(try generator.generate(model, prompt: [0], name: "prompt").ids[places])
    }

    @Test("The tokens that may be drawn, and their shares, are transformers'")
    func nucleus() throws {
        let cases = try #require(try Fixtures.json("sampling/nucleus.json")["cases"]?.arrayValue)
        try #require(cases.count == 24)
        for golden in cases {
            let logits = try #require(golden["logits"]?.arrayValue).compactMap(\.doubleValue).map(Float.init)
            let temperature = try #require(golden["temperature"]?.doubleValue)
            let sampling = Sampling(temperature: temperature, topP: try #require(golden["top_p"]?.doubleValue))
            let found = try #require(sampling.nucleus(logits))
            #expect(found.map(\.id) == golden["ids"]?.arrayValue?.compactMap(\.intValue))
            let shares = try #require(golden["shares"]?.arrayValue).compactMap(\.doubleValue)
            try #require(shares.count == found.count)
            for (own, share) in try paired(found, shares) { #expect(abs(own.weight - share) <= 1e-12) }
        }
    }

    @Test("Tokens come as often as they are probable, within four standard deviations")
    func distribution() throws {
        let logits: [Float] = [0, 1, 2, -1, 0.5, 0, 0, -3, 1.5]
        let drawn = try ids(Sampling(temperature: 0.8, topP: 0.9, seed: 7), logits, places: 0..<4_000)
        let kept = try #require(Sampling(temperature: 0.8, topP: 0.9).nucleus(logits))
        let sum = kept.reduce(0) { $0 + $1.weight }
        #expect(Set(drawn) == Set(kept.map(\.id)) && kept.count == 5)
        for token in kept {
            let share = token.weight / sum
            let deviation = (share * (1 - share) / 4_000).squareRoot()
            let found = Double(drawn.count { $0 == token.id }) / 4_000
            #expect(abs(found - share) < 4 * deviation, "token \(token.id): \(found), \(share) expected")
        }
    }

    @Test("A text is that of its seed, and its beginning does not depend on how long it is")
    func deterministic() throws {
        let logits = [Float](repeating: 0, count: 9)
        let one = try ids(Sampling(temperature: 1, seed: 1), logits, places: 0..<40)
        #expect(try ids(Sampling(temperature: 1, seed: 1), logits, places: 0..<40) == one)
        #expect(try ids(Sampling(temperature: 1, seed: 1), logits, places: 0..<20) == Array(one.prefix(20)))
        #expect(try ids(Sampling(temperature: 1, seed: 2), logits, places: 0..<40) != one)
    }

    @Test("Near nothing of heat, or of the probability, is the greedy choice; of equals the lowest id")
    func cold() throws {
        let logits: [Float] = [0, 1, 3, 3, 0, 0, 0, 0, 2.99]
        #expect(Set(try ids(Sampling(temperature: 1e-9, topP: 0.5), logits, places: 0..<50)) == [2])
        #expect(Set(try ids(Sampling(temperature: 5, topP: 1e-9), logits, places: 0..<50)) == [2])
    }

    @Test("Logits that are not finite end the text")
    func notFinite() {
        let error = failure { _ = try ids(Sampling(temperature: 1), [0, .nan, 0, 0, 0, 0, 0, 0, 0], places: 0..<2) }
        #expect(error?.code == .notFinite)
    }
}
