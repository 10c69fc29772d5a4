import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("Classifiers from inbox to outbox, by the built program")
struct ClassificationTests {
    /// A folder with a tiny BERT and pairs of texts that say whether they agree, or how much.
    private func process(_ folder: String, base: String = "bert-pair", values: Bool = false) throws -> LoradProcess {
        let lorad = try LoradProcess(folder: folder)
        try FileManager.default.removeItem(atPath: "\(folder)/base")
        try FileManager.default.copyItem(
            atPath: Fixtures.path("classifiers/\(base)/base"), toPath: "\(folder)/base")
        let rows = (0..<32).map { row in
            let agrees = row % 2 == 0
            let label = values ? "\(agrees ? 1.5 : -0.5)" : "\"\(agrees ? "same" : "other")\""
            let texts = "\"text\": \"good film \(row)\", \"text_pair\": \"\(agrees ? "good" : "bad") \(row % 5)\""
            return "{\(texts), \"label\": \(label), \"domain\": \"\(row % 3 == 0 ? "a" : "b")\"}"
        }
        try lorad.write(rows.prefix(20).joined(separator: "\n"), to: "data/train.jsonl")
        try lorad.write(rows.suffix(12).joined(separator: "\n"), to: "data/test.jsonl")
        return lorad
    }

    private func manifest(_ lorad: LoradProcess, dataset: String = "", extra: String = "") throws -> String {
        """
        name: tiny
        base: {path: base, sha256: \(try lorad.hash())}
        dataset: {train: data/train.jsonl\(dataset)}
        adapter: {rank: 4, dropout: 0.1, targets: [query, value]}
        training: {max_steps: 12, batch_size: 8, learning_rate: 2.0e-2, checkpoint_every: 4}
        evaluation: {data: data/test.jsonl, slice_by: domain}
        \(extra)
        """
    }

    @Test("A submitted job is trained, scored by GLUE's metrics, merged with its head and verifies")
    func succeeds() throws {
        try withTemporaryFolder { folder in
            let lorad = try process(folder)
            let extra = "merge: {export: safetensors}\ngates: [{metric: f1, min: 0}, {metric: loss, better_than: base}]"
            try lorad.write(try manifest(lorad, extra: extra), to: "job.yaml")
            #expect(try lorad.run("submit", "job.yaml").status == 0)
            let watch = try lorad.run("watch", "--once")
            #expect(watch.status == 0, "\(watch.errors)")
            let run = "outbox/tiny/latest"
            let report = try JSONReader.parse(file: "\(folder)/\(run)/report.json")
            #expect(report["status"]?.stringValue == "succeeded")
            let slices = report["slices"]?.arrayValue ?? []
            #expect(slices.compactMap { $0["name"]?.stringValue } == ["all", "a", "b"])
            for figure in ["accuracy", "f1", "matthews", "calibration_error", "loss"] {
                #expect(slices.first?["adapter"]?[figure]?.doubleValue != nil, "\(figure)")
            }
            #expect(slices.first?["adapter"]?["perplexity"] == nil)
            #expect(report["parity"]?["passed"]?.boolValue == true)
            #expect(try lorad.run("verify", run).status == 0)
            #expect(try lorad.read("\(run)/README.md").contains("AutoModelForSequenceClassification"))
            #expect(try lorad.read("\(run)/adapter_config.json").contains("SEQ_CLS"))
            try compareScores(lorad, run)
        }
    }

    /// Base with adapter, and the merged model alone, give one answer.
    private func compareScores(_ lorad: LoradProcess, _ run: String) throws {
        let question = ["--text", "good film", "--text-pair", "bad", "--json"]
        func logits(_ model: [String]) throws -> (values: [Double], label: String?) {
            let outcome = try lorad.run(["score"] + model + question)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let answer = try JSONReader.parse(outcome.output, name: "score")
            return ((answer["logits"]?.arrayValue ?? []).compactMap(\.doubleValue), answer["label"]?.stringValue)
        }
        let adapted = try logits(["--base", "base", "--adapter", run])
        let merged = try logits(["--base", "\(run)/merged"])
        #expect(adapted.values.count == 2 && adapted.label == merged.label)
        #expect(["same", "other"].contains(adapted.label))
        for (one, other) in zip(adapted.values, merged.values) { #expect(abs(one - other) < 1e-4) }
        #expect(try lorad.run("merge", "--base", "base", "--adapter", run, "--output", "m").status == 0)
        #expect(try logits(["--base", "m"]).values == merged.values)
    }

    @Test("Numbers are regressed on and scored by correlation")
    func regression() throws {
        try withTemporaryFolder { folder in
            let lorad = try process(folder, base: "bert-regression", values: true)
            try lorad.write(
                try manifest(lorad, extra: "gates: [{metric: pearson, min: -1}, {metric: spearman, min: -1}]"),
                to: "job.yaml")
            let outcome = try lorad.run("run", "job.yaml")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let report = try JSONReader.parse(file: "\(folder)/outbox/tiny/latest/report.json")
            let score = report["slices"]?.arrayValue?.first?["adapter"]
            #expect(score?["pearson"]?.doubleValue != nil)
            #expect(score?["accuracy"] == nil)
            #expect(try lorad.run("verify", "outbox/tiny/latest").status == 0)
        }
    }

    @Test("A decoder classifies by its last token, and its adapter does not generate")
    func decoder() throws {
        try withTemporaryFolder { folder in
            let lorad = try process(folder)
            try FileManager.default.removeItem(atPath: "\(folder)/base")
            try FileManager.default.copyItem(
                atPath: Fixtures.path("llama-tiny/base"), toPath: "\(folder)/base")
            let job = try manifest(lorad).replacing("[query, value]", with: "[q_proj, v_proj]")
            try lorad.write(job + "\nmerge: {export: safetensors}\n", to: "job.yaml")
            let outcome = try lorad.run("run", "job.yaml")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let run = "outbox/tiny/latest"
            try compareScores(lorad, run)
            let generated = try lorad.run("generate", "--base", "base", "--adapter", run, "--prompt", "good")
            #expect(generated.status != 0 && generated.errors.contains("classifies texts"))
        }
    }

    @Test("An encoder generates nothing, and a label that training did not see is refused with its line")
    func refused() throws {
        try withTemporaryFolder { folder in
            let lorad = try process(folder)
            let generated = try lorad.run("generate", "--base", "base", "--prompt", "good")
            #expect(generated.status != 0 && generated.errors.contains("does not generate"))
            let scored = try lorad.run("score", "--base", "base", "--text", "good")
            #expect(scored.status == 64 && scored.errors.contains("no classification head"))
            try lorad.write("{\"text\": \"a\", \"label\": \"smae\", \"domain\": \"a\"}", to: "data/test.jsonl")
            try lorad.write(try manifest(lorad), to: "job.yaml")
            let outcome = try lorad.run("run", "job.yaml")
            #expect(outcome.status == 65)
            #expect(outcome.errors.contains("data/test.jsonl:1: the label \"smae\" is none of 'other', 'same'"))
            try lorad.write(
                try manifest(
                    lorad, dataset: ", format: classification", extra: "gates: [{metric: perplexity, max: 2}]"),
                to: "job.yaml")
            #expect(try lorad.run("validate", "job.yaml").status == 65)
        }
    }
}
