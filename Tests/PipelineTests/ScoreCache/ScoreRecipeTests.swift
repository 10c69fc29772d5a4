import Pipeline
import Testing

@Suite("What scores are kept under")
struct ScoreRecipeTests {
    /// Of each field another value.
    private static let changes: [String: @Sendable (inout ScoreRecipe) -> Void] = [
        "version": { $0.version += 1 }, "lorad": { $0.lorad += "x" }, "base": { $0.base = "b" },
        "tokenizer": { $0.tokenizer = "t" }, "adapterWeights": { $0.adapterWeights = "w" },
        "adapterConfiguration": { $0.adapterConfiguration = "c" }, "labels": { $0.labels = [] },
        "headSeed": { $0.headSeed = 1 }, "storage": { $0.storage = "bfloat16" }, "compute": { $0.compute = "bfloat16" },
        "kernels": { $0.kernels += "x" }, "kernelsNumber": { $0.kernelsNumber += 1 },
        "openBLAS": { $0.openBLAS += "x" },
        "tokensPerCall": { $0.tokensPerCall = 1 }, "maximumNewTokens": { $0.maximumNewTokens = 1 },
        "endTokens": { $0.endTokens = [1] }, "trained": { $0.trained = ["full"] },
    ]

    @Test("Every field changes the hash")
    func fields() throws {
        let names = Mirror(reflecting: ScoreRecipe()).children.compactMap(\.label)
        #expect(Set(names) == Set(Self.changes.keys), "a field without a case, or a case without a field")
        var hashes = [try ScoreRecipe().hash()]
        #expect(hashes == [try ScoreRecipe().hash()])
        for name in names {
            var recipe = ScoreRecipe()
            Self.changes[name]?(&recipe)
            hashes.append(try recipe.hash())
        }
        #expect(Set(hashes).count == names.count + 1)
    }
}
