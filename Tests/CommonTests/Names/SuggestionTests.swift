import Common
import Testing

@Suite("Suggestions") struct SuggestionTests {
    @Test(
        "The distance counts insertions, deletions, substitutions and swaps",
        arguments: [
            ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("rank", "rank", 0), ("rnak", "rank", 1), ("rank", "ranks", 1),
            ("rank", "bank", 1), ("ca", "abc", 3), ("kitten", "sitting", 3),
        ])
    func distance(first: String, second: String, expected: Int) {
        #expect(Suggestion.distance(first, second) == expected)
        #expect(Suggestion.distance(second, first) == expected)
    }

    @Test("The closest name is found, unless it is far")
    func closest() {
        #expect(Suggestion.closest(to: "q_porj", among: ["k_proj", "q_proj"]) == "q_proj")
        #expect(Suggestion.closest(to: "zebra", among: ["k_proj", "q_proj"]) == nil)
        #expect(Suggestion.closest(to: "x", among: []) == nil)
    }

    @Test("Case and hyphens are no mistakes; of two that are as near, the first in the alphabet is meant")
    func ties() {
        #expect(Suggestion.closest(to: "Max-Steps", among: ["max_step", "max_steps"]) == "max_steps")
        #expect(Suggestion.closest(to: "max_steps", among: ["max-steps"]) == "max-steps")
        #expect(Suggestion.closest(to: "cat", among: ["hat", "bat"]) == "bat")
    }

    @Test("A tensor's whole name is not too long to be compared")
    func long() {
        let name = "base_model.model.model.decoder.layers.11.self_attn.q_proj.lora_A.default.weight"
        #expect(name.utf8.count > 64)
        #expect(
            Suggestion.closest(to: name.replacing("q_proj", with: "q_porj"), among: ["lm_head.weight", name]) == name)
        let names = [200, 201].map { String(repeating: "a", count: $0) }
        #expect(names.map { Suggestion.closest(to: $0, among: [$0]) } == [names[0], nil])
    }
}
