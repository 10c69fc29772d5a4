import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("A classification job on an encoder, by the built program")
struct EncoderJobTests {
    @Test(
        "An encoder's adapter and head are trained, proven, published, verified, and answer",
        arguments: [
            ("deberta-v3-encoder", ", targets: [query_proj, key_proj]", nil), ("deberta-encoder", "", nil),
            ("bert-gguf", "", "base.gguf"), ("roberta", "", nil),
        ])
    func succeeds(name: String, targets: String, file: String?) throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            let base = file ?? "base"
            try FileManager.default.removeItem(atPath: "\(folder)/base")
            try FileManager.default.copyItem(
                atPath: ClassifierCase(name: name).basePath, toPath: "\(folder)/\(base)")
            let rows = (0..<24).map { row in
                let isGood = row % 2 == 0
                // A text of the test data must not stand in the training data too.
                let letter = UnicodeScalar(UInt8(97 + row))
                return "{\"text\": \"\(isGood ? "good" : "bad") film \(letter)\", "
                    + "\"label\": \"\(isGood ? "positive" : "negative")\", \"domain\": \"\(row % 3 == 0 ? "a" : "b")\"}"
            }
            try lorad.write(rows.prefix(16).joined(separator: "\n"), to: "data/train.jsonl")
            try lorad.write(rows.suffix(8).joined(separator: "\n"), to: "data/test.jsonl")
            try lorad.write(
                """
                name: tiny
                base: {path: \(base), sha256: \(lorad.hash(base))}
                dataset: {train: data/train.jsonl, format: classification}
                adapter: {rank: 4, dropout: 0.1\(targets)}
                training: {max_steps: 12, batch_size: 8, learning_rate: 2.0e-2}
                evaluation: {data: data/test.jsonl, slice_by: domain}
                gates: [{slice: all, metric: accuracy, min: 1.0}]
                """, to: "job.yaml")
            let run = try lorad.run("run", "job.yaml")
            #expect(run.status == 0, "\(run.errors)")
            let latest = "outbox/tiny/latest"
            // Where none are named, the manifest as run says which were taken.
            let taken =
                ["deberta-v3-encoder": "query_proj, key_proj", "deberta-encoder": "in_proj"][name] ?? "query, value"
            #expect(try lorad.read("\(latest)/manifest.yaml").contains("targets: [\(taken)]"))
            let report = try JSONReader.parse(file: "\(folder)/\(latest)/report.json")
            #expect(report["status"]?.stringValue == "succeeded")
            #expect(report["parity"]?["passed"]?.boolValue == true)
            #expect(report["slices"]?.arrayValue?.compactMap { $0["name"]?.stringValue } == ["all", "a", "b"])
            #expect(try lorad.run("verify", latest).status == 0)
            let saved = try SafetensorsFile(path: "\(folder)/\(latest)/adapter_model.safetensors").tensors.keys
            let head =
                name == "roberta" ? ["classifier.dense", "classifier.out_proj"] : ["pooler.dense", "classifier"]
            for module in head { #expect(saved.contains { $0.hasSuffix("\(module).weight") }, "\(module)") }
            let score = try lorad.run(
                "score", "--base", base, "--adapter", latest, "--text", "good film", "--json")
            #expect(try JSONReader.parse(score.output, name: "score")["label"]?.stringValue == "positive")
        }
    }
}
