import Pipeline
import Testing

@Suite("What tokenized rows are kept under")
struct RowRecipeTests {
    /// Of each field another value.
    private static let changes: [String: @Sendable (inout RowRecipe) -> Void] = [
        "version": { $0.version += 1 }, "lorad": { $0.lorad += "x" }, "reading": { $0.reading = "gzip" },
        "format": { $0.format = "text" }, "expected": { $0.expected = ["text"] },
        "columns": { $0.columns = ["a": "b"] },
        "tools": { $0.tools = "t" }, "template": { $0.template = "t" }, "date": { $0.date = "2026-01-01" },
        "trainOn": { $0.trainOn = "all" }, "reasoning": { $0.reasoning = "drop" },
        "aliasesReasoning": { $0.aliasesReasoning = true },
        "maximumLength": { $0.maximumLength = 1 }, "overLength": { $0.overLength = "drop" },
        "appendsEndOfText": { $0.appendsEndOfText = true }, "tokenizer": { $0.tokenizer.sha256 = "t" },
        "classifies": { $0.classifies = true }, "pooling": { $0.pooling = "last" }, "sliceBy": { $0.sliceBy = "s" },
    ]

    private static let tokenizerChanges: [String: @Sendable (inout TokenizerRecipe) -> Void] = [
        "sha256": { $0.sha256 = "t" }, "endOfText": { $0.endOfText = 1 }, "beginning": { $0.beginning = [1] },
        "vocabulary": { $0.vocabulary = 1 },
    ]

    private static let textChanges: [String: @Sendable (inout TextRecipe) -> Void] = [
        "kind": { $0.kind = "rows" }, "version": { $0.version += 1 }, "lorad": { $0.lorad += "x" },
        "tokenizer": { $0.tokenizer.sha256 = "t" },
    ]

    /// Changes each field in turn, and requires as many hashes.
    private func check<Recipe>(
        _ recipe: Recipe, _ changes: [String: @Sendable (inout Recipe) -> Void], _ hash: (Recipe) throws -> String
    ) throws {
        let names = Mirror(reflecting: recipe).children.compactMap(\.label)
        #expect(Set(names) == Set(changes.keys), "a field without a case, or a case without a field")
        #expect(try hash(recipe) == hash(recipe))
        let others = try names.map { name in
            var other = recipe
            changes[name]?(&other)
            return try hash(other)
        }
        #expect(try Set(others + [hash(recipe)]).count == names.count + 1)
    }

    @Test("Every field changes the hash")
    func fields() throws {
        try check(RowRecipe(), Self.changes) { try $0.hash() }
        try check(TextRecipe(TokenizerRecipe()), Self.textChanges) { try $0.hash() }
        try check(TokenizerRecipe(), Self.tokenizerChanges) { try TextRecipe($0).hash() }
    }
}
