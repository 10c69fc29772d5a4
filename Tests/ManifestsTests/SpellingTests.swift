import Manifests
import Testing

@Suite("Spelling") struct SpellingTests {
    @Test(
        "The distance counts insertions, deletions, substitutions and swaps",
        arguments: [
            ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("rank", "rank", 0), ("rnak", "rank", 1), ("rank", "ranks", 1),
            ("rank", "bank", 1), ("ca", "abc", 3), ("kitten", "sitting", 3),
        ])
    func distance(first: String, second: String, expected: Int) {
        #expect(Spelling.distance(first, second) == expected)
        #expect(Spelling.distance(second, first) == expected)
    }

    @Test("The closest name is found, unless it is far")
    func closest() {
        #expect(Spelling.closest(to: "q_porj", among: ["k_proj", "q_proj"]) == "q_proj")
        #expect(Spelling.closest(to: "zebra", among: ["k_proj", "q_proj"]) == nil)
        #expect(Spelling.closest(to: "x", among: []) == nil)
        #expect(Spelling.closest(to: String(repeating: "a", count: 100_000), among: ["a"]) == nil)
    }
}
