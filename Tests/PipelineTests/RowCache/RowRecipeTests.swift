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
        "appendsEndOfText": { $0.appendsEndOfText = true }, "tokenizer": { $0.tokenizer = "t" },
        "endOfText": { $0.endOfText = 1 }, "beginning": { $0.beginning = [1] }, "vocabulary": { $0.vocabulary = 1 },
        "sliceBy": { $0.sliceBy = "s" },
    ]

    @Test("Every field changes the hash")
    func fields() throws {
        let names = Mirror(reflecting: RowRecipe()).children.compactMap(\.label)
        #expect(Set(names) == Set(Self.changes.keys), "a field without a case, or a case without a field")
        var hashes = [try RowRecipe().hash()]
        #expect(hashes == [try RowRecipe().hash()])
        for name in names {
            var recipe = RowRecipe()
            Self.changes[name]?(&recipe)
            hashes.append(try recipe.hash())
        }
        #expect(Set(hashes).count == names.count + 1)
    }
}
