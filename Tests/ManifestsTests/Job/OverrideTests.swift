import Manifests
import Testing

@Suite("--set") struct OverrideTests {
    @Test("A value of any kind is set, in sections that exist and that do not")
    func values() throws {
        let manifest = try load(
            shortest + "training: {epochs: 2, seed: 1}\n",
            overrides: [
                "training.max_steps=5", "adapter.targets=[k_proj, o_proj]", "evaluation.data=a b.jsonl",
                "adapter.rank=0x10",
                "gates=[{metric: loss, better_than: base}]", "dataset.validation=v.jsonl", "training.seed=null",
            ])
        #expect(manifest.training.maxSteps == 5 && manifest.training.epochs == nil && manifest.training.seed == 42)
        #expect(manifest.adapter.targets == ["k_proj", "o_proj"] && manifest.adapter.rank == 16)
        #expect(manifest.evaluation.data == "a b.jsonl" && manifest.gates.count == 1)
        #expect(manifest.dataset.train == "train.jsonl" && manifest.dataset.validation == "v.jsonl")
    }

    @Test("Setting a section replaces it whole")
    func whole() throws {
        #expect(try load(shortest + "adapter: {alpha: 4}", overrides: ["adapter={rank: 4}"]).adapter.alpha == 16)
    }

    @Test(
        "A mistake names the option",
        arguments: [
            ("adapter.rnk=4", "--set adapter.rnk=4: unknown key \"rnk\" in adapter; did you mean rank?"),
            ("adapter.rank=many", "--set adapter.rank=many: adapter.rank is the text \"many\""),
            ("adapter.rank=", "--set adapter.rank=: adapter.rank has no value"),
            ("adapter.rank", "--set adapter.rank: expected key=value"),
            ("=4", "--set =4: the key before = is not a dotted path"),
            ("a..b=4", "--set a..b=4: the key before = is not a dotted path"),
            ("adapter.rank=[", "--set adapter.rank=[: not valid YAML"),
            ("name.x=4", "--set name.x=4: name is the text \"tiny\"; only a mapping's keys can be set"),
        ])
    func faults(option: String, message: String) {
        let found = mistakes(shortest, overrides: [option])
        #expect(found.first?.hasPrefix(message) == true, "\(found)")
    }

    @Test("The edited text reads as the manifest with the override")
    func edit() throws {
        let overrides = ["training.max_steps=5", "name=other", "evaluation={data: \"no\"}"]
        let text = try Override.edit(
            bytes: Array((shortest + "training: {epochs: 2, seed: 3}\n").utf8), file: "job.yaml",
            overrides: overrides.map { try Override($0) })
        let expected = try load(shortest + "training: {epochs: 2, seed: 3}\n", overrides: overrides)
        #expect(try load(text) == expected)
        #expect(text.hasPrefix("name: other\nbase:\n  path: base.gguf\n"))
    }
}
