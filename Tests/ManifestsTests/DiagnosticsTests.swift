import AdapterKinds
import Foundation
import Manifests
import Testing

@Suite("Every mistake at once") struct DiagnosticsTests {
    @Test("Five mistakes are five messages, each at its place")
    func five() throws {
        let text = try String(contentsOf: fixtures.appendingPathComponent("five-mistakes.yaml"), encoding: .utf8)
        let expected = try String(contentsOf: fixtures.appendingPathComponent("five-mistakes.txt"), encoding: .utf8)
        #expect(mistakes(text).joined(separator: "\n") + "\n" == expected)
    }

    @Test("One mistake is the error's message; several are counted and listed")
    func error() throws {
        let one = #expect(throws: ManifestsError.self) { try load(shortest + "adapter: {rank: 0}") }
        #expect(one?.message == "job.yaml:4:17: adapter.rank is 0; it must be at least 1 and at most 4096")
        #expect(one?.code == .invalid)
        let two = #expect(throws: ManifestsError.self) { try load(shortest + "adapter: {rank: 0, alpha: 0}") }
        #expect(two?.message == "job.yaml has 2 mistakes." && two?.mistakes.count == 2)
    }

    @Test(
        "An unknown key names the one that was meant",
        arguments: [
            ("adapter: {rnak: 4}", "unknown key \"rnak\" in adapter; did you mean rank?"),
            ("adapter: {init_lora_weights: x}", "unknown key \"init_lora_weights\" in adapter; did you mean init?"),
            ("adapter: {lora_alpha: 4}", "unknown key \"lora_alpha\" in adapter; did you mean alpha?"),
            ("trainnig: {}", "unknown key \"trainnig\"; did you mean training?"),
            ("learning_rate: 1", "unknown key \"learning_rate\"; did you mean training.learning_rate?"),
            ("lr: 1", "unknown key \"lr\"; did you mean training.learning_rate?"),
            ("training: {num_train_epochs: 1}", "unknown key \"num_train_epochs\" in training; did you mean epochs?"),
            ("max-steps: 1", "unknown key \"max-steps\"; known keys are "),
            ("training: {max-steps: 1}", "unknown key \"max-steps\" in training; did you mean max_steps?"),
            (
                "merge: {zebra: 1}",
                "unknown key \"zebra\" in merge; known keys are export, dtype, tolerance"
            ),
        ])
    func unknown(line: String, message: String) {
        let found = mistakes(shortest + line)
        #expect(found.count == 1 && found[0].contains(message), "\(found)")
    }

    @Test(
        "A bound that is broken is named",
        arguments: [
            ("adapter: {rank: 0}", "adapter.rank is 0; it must be at least 1"),
            ("adapter: {rank: 8.5}", "adapter.rank is the number 8.5; expected a whole number at least 1"),
            ("adapter: {dropout: 1}", "adapter.dropout is 1; it must be at least 0 and below 1"),
            ("adapter: {dropout: -0.1}", "adapter.dropout is -0.1; it must be at least 0 and below 1"),
            ("adapter: {rank_pattern: [8]}", "adapter.rank_pattern is a list of 1; expected a mapping, such as"),
            ("adapter: {rank_pattern: {q: 0}}", "adapter.rank_pattern.\"q\" is 0; it must be at least 1"),
            ("adapter: {alpha_pattern: {q: }}", "adapter.alpha_pattern.\"q\" has no value; expected a number"),
            ("adapter: {layers: [4-1]}", "adapter.layers[0] is"),
            ("adapter: {layers: [1.5]}", "expected a layer's number, or a range such as 4-7"),
            ("adapter: {layers: [1, 1]}", "adapter.layers[1] stands in the list twice"),
            ("adapter: {init: pisa}", "did you mean pissa? expected one of kaiming, gaussian, pissa, olora"),
            ("training: {lora_plus_ratio: 0.5}", "training.lora_plus_ratio is 0.5; it must be at least 1"),
            ("adapter: {targets: []}", "adapter.targets has 0 elements; it needs at least 1"),
            ("adapter: {targets: [q, q]}", "adapter.targets[1] stands in the list twice"),
            (
                "adapter: {method: qlora}",
                "adapter.method \"qlora\" is not yet supported; expected one of "
                    + AdapterKind.allCases.map(\.rawValue).joined(separator: ", ")
            ),
            ("adapter: 8", "adapter is the number 8; expected a mapping with the keys method, rank"),
            ("adapter: {rank: }", "adapter.rank has no value; expected a whole number"),
            ("training: {learning_rate: 0}", "training.learning_rate is 0; it must be above 0 and at most 1"),
            ("training: {schedule: linaer}", "did you mean linear? expected one of linear, cosine, constant"),
            ("training: {seed: -1}", "training.seed is -1; it must be at least 0"),
            ("training: {over_length: cut}", "expected one of truncate, drop"),
            ("version: 3", "version is 3; it must be at least 1 and at most 2"),
            ("merge: {export: [gguf]}", "merge.export is a list of 1; expected one of none, safetensors, gguf"),
            ("notify: [https://hooks.example/T0/B0]", "a manifest never holds a URL"),
            (
                "evaluation: {data: 7}",
                "evaluation.data is the number 7; expected path, such as data/test.jsonl; put quotes"
            ),
        ])
    func bounds(line: String, message: String) {
        let found = mistakes(shortest + line)
        #expect(found.count == 1 && found[0].contains(message), "\(found)")
    }

    @Test("What is required and missing says what to do")
    func missing() {
        #expect(
            mistakes("base: {path: b.gguf}\n") == [
                "job.yaml:1:1: dataset is missing: name the file of rows to train on",
                "job.yaml:1:1: name is missing: give the adapter a name, such as sentiment",
                "job.yaml:1:7: base.sha256 is missing: run `lorad hash PATH` and paste what it prints",
            ])
    }

    @Test(
        "A name that cannot be a folder's is refused",
        arguments: ["../x", "a..b", "A", "a b", ".a", "-a", "a/b", "ä", String(repeating: "a", count: 65)])
    func names(name: String) {
        let found = mistakes(shortest.replacing("tiny", with: "\"\(name)\""))
        #expect(found.count == 1 && found[0].contains("a name has 1 to 64 of the characters"), "\(found)")
    }

    @Test("Over a hundred mistakes are counted, not printed")
    func limit() {
        let found = mistakes(shortest + (0..<150).map { "zzzzzzzz\($0): 1\n" }.joined())
        #expect(found.count == 101 && found[100].contains("50 more mistakes are not shown"), "\(found.last ?? "")")
    }

    @Test("A long value is shortened, a control character named")
    func shown() {
        let found = mistakes(shortest + "training: {dtype: \"\(String(repeating: "x", count: 90))\\e\"}")
        #expect(found.first?.contains("the text \"\(String(repeating: "x", count: 40))…\"") == true, "\(found)")
        #expect(mistakes(shortest + "training: {dtype: \"a\\eb\"}").first?.contains("a\u{241B}b") == true)
    }
}
