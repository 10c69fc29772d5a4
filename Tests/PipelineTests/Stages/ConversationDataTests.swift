import Foundation
import ModelFiles
import Pipeline
import Publication
import Reports
import TestSupport
import Testing

/// Jobs on conversations: which template each file's are written with, and which tools they may call.
@Suite("Jobs on conversations")
struct ConversationDataTests {
    private static let plain =
        "{% for m in messages %}({{ m.role }}){% if m.role == 'assistant' %}{% generation %}{{ m.content }}"
        + "{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}"
    private static let tools = "{% for t in tools or [] %}[{{ t.function.name }}]{% endfor %}" + plain

    private func row(_ index: Int, _ tools: String = "") -> String {
        """
        {"messages": [{"role": "user", "content": "film \(index)"}, {"role": "assistant", "content": "good"}]\(tools)}
        """
    }

    private func tool(_ name: String) -> String { #"{"type": "function", "function": {"name": "\#(name)"}}"# }

    private func bench(_ folder: String) throws -> JobBench {
        let bench = try JobBench(folder: folder)
        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: bench.path(name)))
        }
        try write("A" + Self.plain, "a.jinja")
        try write("B" + Self.plain, "b.jinja")
        try write(Self.tools, "tools.jinja")
        try write("[\(tool("weather")), \(tool("now"))]", "tools.json")
        try bench.rows("a.jsonl", (0..<2).map { row($0) })
        try bench.rows("b.jsonl", (10..<12).map { row($0) })
        return bench
    }

    private func texts(_ bench: JobBench, _ lines: String) throws -> [String] {
        try JobPipeline(bench.document(lines), environment: bench.environment()).data().samples.map { sample in
            sample.spans.map { $0.trained ? "⟦\($0.text)⟧" : $0.text }.joined()
        }
    }

    private static let mixed =
        "dataset: {train: [{path: $F/a.jsonl}, {path: $F/b.jsonl, chat_template: $F/b.jinja}], chat_template: $F/a.jinja}"

    @Test("Each file's conversations are written with its own template, which is recorded beside it")
    func templates() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let found = try texts(bench, Self.mixed)
            #expect(found.first == "A(user)film 0(assistant)⟦good⟧" && found.last == "B(user)film 11(assistant)⟦good⟧")
            let result = try bench.run(Self.mixed + "\nregression: {max_new_tokens: 2}")
            let provenance = result.report.provenance
            let hashes = try ["a.jinja", "b.jinja"].map { try ContentHash.ofFile(bench.path($0)) }
            #expect(provenance.chatTemplate?.sha256 == hashes[0])
            #expect(provenance.datasets.map(\.chatTemplate?.sha256) == [nil, hashes[1]])
            let page = try String(contentsOfFile: result.runFolder + "/report.html", encoding: .utf8)
            #expect(page.contains("written with the chat template") && page.contains("training loss"))
            let sources = try #require(result.report.training?.sources)
            let losses = try sources.map { try #require($0.loss) }
            #expect(losses.allSatisfy { $0 > 0 } && losses[0] != losses[1])
            #expect(sources.map { $0.supervisedTokens ?? 0 }.reduce(0, +) == result.report.training?.supervisedTokens)
        }
    }

    @Test("A champion that was trained with another template is not what a run is judged by; one with the same is")
    func champion() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            func lines(_ template: String) -> String {
                """
                dataset: {train: $F/a.jsonl, chat_template: $F/\(template).jinja}
                training: {max_steps: 2, dtype: float32}
                evaluation: {data: $F/b.jsonl}
                regression: {max_new_tokens: 2}
                promote: auto
                """
            }
            let champion = try bench.run(lines("a").replacing("promote: auto", with: ""))
            let base = champion.report.provenance.base
            var environment = bench.environment()
            environment.references.champion = ServedVersion(
                reference: "job@1", number: 1, folder: champion.runFolder,
                sha256: try #require(PublishedFiles.digest(of: champion.runFolder)), baseSHA256: base.sha256,
                tokenizerSHA256: base.tokenizerSHA256)
            for (template, reference) in [("a", "job@1"), ("b", "base")] {
                let run = try JobPipeline(bench.document(lines(template)), environment: environment).run()
                #expect(run.report.gates.map(\.referenceName) == [reference])
                #expect(run.report.slices.allSatisfy { ($0.champion == nil) == (reference == "base") })
            }
        }
    }

    @Test("A file's template that there is not, or that cannot be read, is told at its own key")
    func missingTemplates() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let named = try bench.mistakes(Self.mixed.replacing("$F/b.jinja", with: "tool_use"))
            #expect(named.first?.hasPrefix("job.yaml:4:") == true, "\(named)")
            #expect(named.first?.contains("no chat template named \"tool_use\"") == true, "\(named)")
            try Data("{% for %}".utf8).write(to: URL(fileURLWithPath: bench.path("b.jinja")))
            let broken = try bench.mistakes(Self.mixed)
            #expect(broken.contains { $0.contains("b.jsonl:1:") && $0.contains("b.jinja") }, "\(broken)")
        }
    }

    @Test(
        "Tools are those of the file where a row names none, its own where it does, and none where it has an empty list"
    )
    func tools() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            try bench.rows("a.jsonl", [row(0), row(1, #", "tools": null"#), row(2, #", "tools": []"#)])
            try bench.rows("b.jsonl", [row(3, #", "tools": [\#(tool("own"))]"#)])
            func found(_ file: String) throws -> [String] {
                try texts(
                    bench, "dataset: {train: $F/\(file), chat_template: $F/tools.jinja, tools: $F/tools.json}")
            }
            #expect(
                try found("a.jsonl") == [
                    "[weather][now](user)film 0(assistant)⟦good⟧", "[weather][now](user)film 1(assistant)⟦good⟧",
                    "(user)film 2(assistant)⟦good⟧",
                ])
            #expect(try found("b.jsonl") == ["[own](user)film 3(assistant)⟦good⟧"])
        }
    }

    @Test("A run records the tools, and its evaluation rows and prompts have them too")
    func recorded() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            try bench.rows(
                "prompts.jsonl", [#"{"id": "p", "messages": [{"role": "user", "content": "film"}]}"#])
            let lines = """
                dataset: {train: $F/a.jsonl, validation: $F/b.jsonl, chat_template: $F/tools.jinja, tools: $F/tools.json}
                evaluation: {data: $F/e.jsonl}
                regression: {prompts: $F/prompts.jsonl, max_new_tokens: 2}
                """
            try bench.rows("e.jsonl", [row(20)])
            let result = try bench.run(lines)
            let tools = try #require(result.report.provenance.tools)
            #expect(tools.sha256 == (try ContentHash.ofFile(bench.path("tools.json"))) && tools.tools == 2)
            #expect(result.report.parity?.prompts.first?.prompt?.hasPrefix("[weather][now]") == true)
            let without = try bench.run(lines.replacing(", tools: $F/tools.json", with: ""))
            #expect(without.report.provenance.tools == nil)
            #expect(without.report.slices.first?.base.loss != result.report.slices.first?.base.loss)
            #expect(without.report.training?.validation.first?.loss != result.report.training?.validation.first?.loss)
            let page = try String(contentsOfFile: result.runFolder + "/report.html", encoding: .utf8)
            #expect(page.contains("2 tools") && page.contains(tools.sha256))
            let provenance = try String(contentsOfFile: result.runFolder + "/provenance.json", encoding: .utf8)
            #expect(provenance.contains("tools: "))
        }
    }

    @Test("What is wrong with tools is told by line and column, and that they would change nothing")
    func toolMistakes() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder)
            let lines = "dataset: {train: $F/a.jsonl, chat_template: $F/tools.jinja, tools: $F/tools.json}"
            let plain = try bench.mistakes(lines.replacing("tools.jinja", with: "a.jinja"))
            #expect(plain.first?.contains("the chat template writes no tools") == true, "\(plain)")
            #expect(plain.first?.hasPrefix("job.yaml:4:") == true)
            try Data("[\(tool("weather")),\n  {\"name\": \"now\"}]".utf8)
                .write(to: URL(fileURLWithPath: bench.path("tools.json")))
            let wrong = try bench.mistakes(lines)
            #expect(wrong.first?.hasPrefix("tools.json:2:3: tool 2 is a function itself") == true, "\(wrong)")
            try bench.rows("a.jsonl", JobBench.reviews(0..<2))
            try Data("[\(tool("weather"))]".utf8).write(to: URL(fileURLWithPath: bench.path("tools.json")))
            let other = try bench.mistakes(lines)
            #expect(other.first?.contains("no row to train on is one") == true, "\(other)")
        }
    }
}
