import Adapters
import Foundation
import TestSupport
import Testing
import Transformers

/// The table of docs/methods.md that says which method goes with which base.
@Suite("The table of bases and methods in docs/methods.md")
struct MethodTableTests {
    /// A tiny base of each type that predicts tokens, by the name of its fixture.
    static let decoders = [
        "gemma", "gemma2", "gemma3", "gpt2", "gpt_neox", "llama-linear", "mistral", "opt", "opt-350m", "phi3", "qwen2",
        "qwen3",
    ]
    /// One of each that classifies.
    static let classifiers = ["bert-pair", "roberta", "deberta", "deberta-v3", "llama", "opt-350m"]

    private struct Row {
        let type: String
        let line: String
    }

    private func row(_ label: String, _ load: () throws -> LanguageModel) throws -> Row {
        // A hybrid is LoRA beside a module that is trained whole.
        let columns = AdapterMethods.all.map { ($0, false) } + [(AdapterMethod.lora, true)]
        let cells = try columns.map { method, isHybrid in
            // A model for each, as nothing is taken off one again.
            let model = try load()
            var configuration = AdapterConfiguration(method: method, rank: 2, targets: ["all-linear"])
            (configuration.budget.initialRank, configuration.budget.targetRank) = (2, 1)
            (configuration.virtualTokens, configuration.reductionFactor) = (2, 4)
            do {
                if isHybrid {
                    let modules = try TrainedModules.paths([#".*(norm|Norm|ln_).*"#], on: model)
                    configuration.savedModules = modules
                }
                _ = try Adapter.attach(configuration, to: model, seed: 1)
                return "yes"
            } catch let error as AdaptersError where error.code == .unsupported {
                return "refused"
            }
        }
        let type = try load().configuration.modelType
        return Row(type: type, line: "| `\(type)`\(label) | \(cells.joined(separator: " | ")) |")
    }

    @Test("Every family stands in it, and every cell is what lorad answers")
    func table() throws {
        let page = try String(contentsOfFile: Fixtures.path("../../docs/methods.md"), encoding: .utf8)
        let lines = Set(page.split(separator: "\n").map(String.init))
        let rows =
            try Self.decoders.map { name in
                try row(name == "opt-350m" ? " (350M)" : "") { try FamilyFixture(name: name).model() }
            }
            + Self.classifiers.map { name in
                try row(name == "opt-350m" ? " (350M), classes" : ", classes") {
                    try ClassifierCase(name: name).model()
                }
            }
        #expect(Set(rows.map(\.type)) == Set(ModelFamilies.all.map(\.modelType)))
        let names = AdapterMethods.all.map(\.name) + ["hybrid"]
        let head = "| base | \(names.map { "`\($0)`" }.joined(separator: " | ")) |"
        for line in [head] + rows.map(\.line) {
            let isThere = lines.contains(line)
            #expect(isThere, "missing: \(line)")
        }
    }
}
