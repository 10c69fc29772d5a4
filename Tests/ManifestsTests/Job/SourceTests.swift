import Manifests
import Testing

@Suite("Several files to train on") struct SourceTests {
    private let start = "name: tiny\nbase: {path: b.gguf, sha256: \(hash)}\n"

    private func sources(_ list: String, _ rest: String = "training: {max_steps: 5}") -> String {
        start + "dataset: {train: [\(list)]}\n" + rest + "\n"
    }

    @Test("A list of sources is read, and written so that it reads back")
    func read() throws {
        let manifest = try load(
            sources("{path: a, weight: 2}, {path: b, weight: 0.5, format: text, columns: {text: body}}"))
        let sources = manifest.dataset.train.sources
        #expect(sources.map(\.path) == ["a", "b"] && sources.map(\.weight) == [2, 0.5])
        #expect(sources[1].format == .text && sources[1].columns?[.text] == "body")
        #expect(manifest.dataset.train.isWeighted && manifest.rowFiles == ["a", "b"])
        #expect(try load(manifest.yaml()) == manifest)
        let limited = try load(self.sources("{path: a, repeat: 3}, {path: b, limit: 10}, {path: c}", ""))
        #expect(limited.dataset.train.sources.map(\.copies) == [3, nil, nil])
        #expect(limited.dataset.train.sources.map(\.limit) == [nil, 10, nil] && limited.training.epochs == 3)
        #expect(try load(limited.yaml()) == limited)
    }

    @Test("One file is written as it always was")
    func single() throws {
        let manifest = try load(shortest)
        #expect(manifest.dataset.train == "train.jsonl" && manifest.dataset.train.sources.isEmpty)
        #expect(manifest.yaml().contains("  train: train.jsonl\n"))
    }

    @Test(
        "What does not go together is reported",
        arguments: [
            ("{path: a, weight: 1, repeat: 2}", "dataset.train[0].repeat does not go with dataset.train[0].weight"),
            ("{path: a, limit: 1, repeat: 2}", "dataset.train[0].limit does not go with dataset.train[0].repeat"),
            ("{path: a, weight: 1}, {path: b}", "dataset.train[1] has no weight and others have"),
            ("{path: a}, {path: a, limit: 3}", "dataset.train[1] is the same file as dataset.train[0]"),
            (
                "{path: a, format: text}, {path: b, format: classification}",
                "dataset.train[1] has the format classification"
            ),
            ("{path: a, wieght: 1}", "unknown key \"wieght\" in dataset.train[0]; did you mean weight?"),
            ("{limit: 1}", "dataset.train[0].path is missing"),
            ("{path: a, weight: 0}", "dataset.train[0].weight is 0; it must be above 0"),
            ("{path: a, repeat: 0}", "dataset.train[0].repeat is 0"),
            ("{path: a, columns: {promt: q}}", "did you mean prompt?"),
            ("{path: a, columns: {prompt: q, completion: q}}", "columns.completion is the same key as"),
            ("", "dataset.train has 0 elements"),
        ])
    func contradictions(_ list: String, _ message: String) {
        let found = mistakes(sources(list))
        #expect(found.count == 1 && found[0].contains(message), "\(found)")
    }

    @Test("A weight needs max_steps, and epochs are refused beside one")
    func weights() {
        let weighted = "{path: a, weight: 1}, {path: b, weight: 2}"
        #expect(mistakes(sources(weighted)).isEmpty)
        let none = mistakes(sources(weighted, ""))
        #expect(none.count == 1 && none[0].contains("a weight needs training.max_steps"), "\(none)")
        let epochs = mistakes(sources(weighted, "training: {epochs: 2}"))
        #expect(epochs.count == 1 && epochs[0].contains("training.epochs counts passes"), "\(epochs)")
    }

    @Test("Held-out data is none of the sources")
    func heldOut() {
        let validation = mistakes(start + "dataset: {train: [{path: a}, {path: b}], validation: b}\n")
        #expect(validation.count == 1 && validation[0].contains("share a file"), "\(validation)")
        let evaluation = mistakes(sources("{path: a}, {path: b}", "evaluation: {data: b}"))
        #expect(evaluation.count == 1 && evaluation[0].contains("is the same file as dataset.train"), "\(evaluation)")
    }

    @Test("Columns of a data set are read, and mistakes in them reported")
    func columns() throws {
        let manifest = try load(start + "dataset: {train: a, columns: {prompt: instruction, completion: output}}\n")
        #expect(manifest.dataset.columns?.names == [.prompt: "instruction", .completion: "output"])
        #expect(try load(manifest.yaml()) == manifest)
        let found = mistakes(start + "dataset: {train: a, columns: {lable: stars}}\n")
        #expect(found.count == 1 && found[0].contains("did you mean label?"), "\(found)")
    }
}
