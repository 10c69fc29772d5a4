import Manifests
import Testing

@Suite("Pipelines") struct PipelineTests {
    private func load(_ text: String, _ defaults: String, overrides: [String] = []) throws -> JobManifest {
        let folder = try TemporaryFolder()
        try folder.write("p.yaml", defaults)
        return try JobManifest.load(
            text: text + "pipeline: p\n", file: "job.yaml", pipelinesFolder: folder.path,
            overrides: overrides.map { try Override($0) })
    }

    @Test("The manifest wins key by key, lists are replaced whole")
    func merge() throws {
        let manifest = try load(
            shortest + "adapter: {rank: 4, targets: [k_proj]}\n",
            "adapter: {rank: 2, alpha: 5, targets: [a, b]}\ntraining: {seed: 9}\ndataset: {format: text}\n")
        #expect(manifest.adapter.rank == 4 && manifest.adapter.alpha == 5 && manifest.adapter.targets == ["k_proj"])
        #expect(manifest.training.seed == 9)
        #expect(manifest.dataset.train == "train.jsonl" && manifest.dataset.format == .text)
    }

    @Test("A manifest's max_steps takes the place of a pipeline's epochs, and null undoes a default")
    func displaced() throws {
        let training = try load(shortest + "training: {max_steps: 5}\n", "training: {epochs: 9, seed: 7}\n").training
        #expect(training.maxSteps == 5 && training.epochs == nil && training.seed == 7)
        #expect(try load(shortest + "training: {seed: null}\n", "training: {seed: 7}\n").training.seed == 42)
    }

    @Test("A key left blank is a mistake even where the pipeline has a value")
    func blank() {
        let error = #expect(throws: ManifestsError.self) {
            try load(shortest + "adapter:\n  rank:\n", "adapter: {rank: 4}")
        }
        #expect(error?.message.contains("adapter.rank has no value") == true)
    }

    @Test("A mistake in the pipeline's file carries that file's name and place")
    func ownName() {
        let error = #expect(throws: ManifestsError.self) { try load(shortest, "adapter:\n  rnk: 2\n") }
        #expect(error?.mistakes.first?.file.hasSuffix("/p.yaml") == true)
        #expect(error?.mistakes.first?.line == 2)
        #expect(error?.mistakes.first?.message == "unknown key \"rnk\" in adapter; did you mean rank?")
    }

    @Test("An unknown pipeline names the closest file, a path is no name")
    func unknown() {
        #expect(mistakes(shortest + "pipeline: stf").first?.contains("; did you mean sft?") == true)
        #expect(mistakes(shortest + "pipeline: ../x").first?.contains("pipeline is \"../x\"; a name has") == true)
    }

    @Test("A pipeline cannot name another, nor be a list")
    func chains() {
        for (defaults, message) in [("pipeline: q", "no defaults from another"), ("[a]", "a pipeline is a mapping")] {
            let error = #expect(throws: ManifestsError.self) { try load(shortest, defaults) }
            #expect(error?.message.contains(message) == true)
        }
    }

    @Test("sft.yaml says what the built-in defaults say")
    func sft() throws {
        #expect(
            try Manifests.JobManifest.load(
                text: shortest + "pipeline: sft\n", file: "job.yaml", pipelinesFolder: pipelines)
                == JobManifest.load(text: shortest, file: "job.yaml", pipelinesFolder: pipelines))
    }

    @Test("--set wins over both, and can choose the pipeline")
    func overrides() throws {
        #expect(try load(shortest, "adapter: {rank: 2}", overrides: ["adapter.rank=3"]).adapter.rank == 3)
        #expect(throws: ManifestsError.self) { try load(shortest, "adapter: {rank: 2}", overrides: ["pipeline=none"]) }
    }
}
