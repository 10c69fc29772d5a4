import Foundation
import Manifests
import Testing

@Suite("Job manifests") struct JobManifestTests {
    @Test("A Hub id and a licence are taken as the Hub spells them, and nothing else is")
    func hubAndLicence() throws {
        func mistakes(_ line: String, _ base: String = "") -> Int {
            let text =
                "name: a\nbase: {path: b, sha256: \(String(repeating: "a", count: 64))\(base)}\ndataset: d\n\(line)\n"
            do {
                _ = try ManifestDocument.load(bytes: Array(text.utf8), file: "a.yaml", pipelinesFolder: ".")
                return 0
            } catch { return (error as? ManifestsError)?.mistakes.count ?? -1 }
        }
        #expect(mistakes("license: apache-2.0", ", hub_id: HuggingFaceTB/SmolLM2-135M-Instruct") == 0)
        #expect(mistakes("", ", hub_id: gpt2") == 0)
        for id in ["a/b/c", "'a b/c'", "/a", "a/", "'-a/b'", "'<script>'"] {
            #expect(mistakes("", ", hub_id: \(id)") == 1, "\(id)")
        }
        for licence in ["'MIT License'", "\"mit\\nx: y\"", "'<b>'"] {
            #expect(mistakes("license: \(licence)") == 1, "\(licence)")
        }
    }

    @Test("The shortest manifest is filled with the defaults of the snapshot")
    func defaults() throws {
        let snapshot = try String(contentsOf: fixtures.appendingPathComponent("defaults.yaml"), encoding: .utf8)
        #expect(try load(shortest).yaml() == snapshot)
    }

    @Test("Validation data is measured at every checkpoint unless the manifest says otherwise")
    func validateEvery() throws {
        let text = shortest.replacing("dataset: train.jsonl", with: "dataset: {train: a, validation: b}")
        #expect(try load(text).training.validateEvery == 50)
        #expect(try load(text + "training: {checkpoint_every: 7}").training.validateEvery == 7)
        #expect(try load(text + "training: {validate_every: 9}").training.validateEvery == 9)
        #expect(try load(shortest).training.validateEvery == nil)
    }

    @Test("Warmup is a share of the steps where a manifest does not say how many, and a pipeline's gives way")
    func warmup() throws {
        #expect(try load(shortest).training.warmupRatio == 0.06)
        let counted = try load(shortest + "training: {warmup_steps: 10}")
        #expect(counted.training.warmupSteps == 10 && counted.training.warmupRatio == nil)
        #expect(try load(counted.yaml()) == counted)
    }

    @Test("The last step is published; under version 2 the best one, where there is validation data")
    func best() throws {
        let validated = shortest.replacing("dataset: train.jsonl", with: "dataset: {train: a, validation: b}")
        #expect(try load(validated).training.best == nil)
        #expect(try load("version: 2\n" + shortest).training.best == nil)
        #expect(try load("version: 2\n" + validated).training.best == BestCheckpoint())
        #expect(try load("version: 2\n" + validated + "training: {best: {keep: last}}").training.best?.keep == .last)
        #expect(try load(validated + "training: {best: {}}").training.best?.keep == .best)
        let written = try load("version: 2\n" + validated)
        #expect(try load(written.yaml()) == written && written.yaml().contains("version: 2"))
        #expect(try !load(validated).yaml().contains("best"))
    }

    @Test("max_steps leaves epochs unset")
    func length() throws {
        let training = try load(shortest + "training: {max_steps: 7}").training
        #expect(training.maxSteps == 7 && training.epochs == nil)
    }

    @Test("A section whose lines are all commented out is the default")
    func blankSection() throws {
        #expect(try load(shortest + "training:\n  # seed: 3\nnotify:\n") == load(shortest))
    }

    @Test("One target may stand without brackets")
    func singleTarget() throws {
        #expect(try load(shortest + "adapter: {targets: all-linear}").adapter.targets == ["all-linear"])
    }

    @Test("The demo's manifest says what the issue says")
    func demo() throws {
        let manifest = try JobManifest.load(path: "\(pipelines)/sentiment.yaml", pipelinesFolder: pipelines)
        #expect(manifest.base.sha256 == "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53")
        #expect(manifest.training.maxSteps == 150 && manifest.training.epochs == nil)
        #expect(manifest.training.learningRate == 5e-4 && manifest.adapter.rank == 8 && manifest.adapter.alpha == 16)
        #expect(manifest.evaluation.choices == [" positive", " negative"])
        #expect(manifest.gates.count == 2 && manifest.gates[1].betterThan == .base)
    }

    @Test("The manifest of the design reads without a mistake")
    func design() throws {
        let text = try String(contentsOf: fixtures.appendingPathComponent("design.yaml"), encoding: .utf8)
        let manifest = try load(text)
        #expect(manifest.gates[0].min == 0.75 && manifest.notify == ["chat"])
        #expect(manifest.dataset.format == .promptCompletion)
    }

    @Test("The manifest as run reads back as the same manifest", arguments: 0..<200)
    func roundTrip(seed: Int) throws {
        var random = RandomManifest(seed: UInt64(seed))
        let manifest = try random.make()
        let text = manifest.yaml()
        #expect(try load(text) == manifest, "\(text)")
        #expect(try load(text).yaml() == text)
    }
}
