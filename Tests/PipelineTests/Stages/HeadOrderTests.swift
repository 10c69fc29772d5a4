import Evaluation
import Foundation
import ModelFiles
import Pipeline
import TestSupport
import Testing
import Tokenizers
import Transformers

/// The base's own head classifies; `id2label` says what its outputs are.
@Suite("Labels in the order of the checkpoint's own head")
struct HeadOrderTests {
    private let texts = [
        "the film was good", "a bad cast", "it was great", "boring", "the cast", "good good", "no", "a film",
    ]

    /// The tiny RoBERTa, whose checkpoint has a head of two classes, with names for them.
    private func bench(_ folder: String, names: [String]) throws -> JobBench {
        let base = folder + "/base"
        try FileManager.default.copyItem(atPath: Fixtures.path("classifiers/roberta/base"), toPath: base)
        let file = URL(fileURLWithPath: base + "/config.json")
        var config = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        config["id2label"] = Dictionary(uniqueKeysWithValues: names.enumerated().map { (String($0), $1) })
        try JSONSerialization.data(withJSONObject: config).write(to: file)
        return try JobBench(folder: folder, base: base, writes: false)
    }

    /// The texts with the names that the base itself gives them.
    private func answers(_ bench: JobBench, _ names: [String]) throws -> [(text: String, label: String)] {
        let files = try BaseModelFiles(path: bench.base)
        let tokenizer = try TokenizerLoader.load(files)
        let model = try LanguageModel.load(files, dtype: .float32, task: ClassificationTask(classes: 2, seed: 0))
        return try texts.map { text in
            let encoded = try tokenizer.encode(text, pair: nil, maximumLength: 40, allowSpecial: true)
            return (text, names[Prediction(try model.classify([encoded])[0]).label])
        }
    }

    private func write(_ rows: [(text: String, label: String)], _ name: String, _ bench: JobBench) throws {
        try bench.rows(name, rows.map { #"{"text": "\#($0.text)", "label": \#($0.label)}"# })
    }

    private let run = "evaluation: {data: $F/test.jsonl}"

    @Test(
        "The base is scored by what its head's outputs mean, however the rows spell the names",
        arguments: [["positive", "negative"], ["POSITIVE", "Negative"]])
    func agreeing(_ names: [String]) throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder, names: names)
            let rows = try answers(bench, names.map { "\"\($0.lowercased())\"" })
            try write(rows, "test.jsonl", bench)
            try write([("one", "\"negative\""), ("two", "\"positive\"")], "train.jsonl", bench)
            let report = try bench.run(run).report
            #expect(report.slices.first?.base.accuracy == 1)
            #expect(report.provenance.adapter.labels == ["positive", "negative"])
        }
    }

    @Test("Whole numbers are places in the manifest's list, whatever the order of the head")
    func numbers() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder, names: ["positive", "negative"])
            try write(answers(bench, ["1", "0"]), "test.jsonl", bench)
            try write([("one", "0"), ("two", "1")], "train.jsonl", bench)
            let heard = Heard()
            let lines = "dataset: {train: $F/train.jsonl, labels: [negative, positive]}\n" + run
            let report = try bench.run(lines, heard.reporter).report
            #expect(report.slices.first?.base.accuracy == 1)
            #expect(heard.lines.contains("labels in the order of the checkpoint's own head: positive, negative"))
        }
    }

    @Test("Rows numbered from 0 number the head's outputs, and names without meaning are not compared")
    func unnamed() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder, names: ["positive", "negative"])
            try write([("one", "0"), ("two", "1")], "train.jsonl", bench)
            #expect(try bench.check("").rows == 2)
        }
        try withTemporaryFolder { folder in
            let bench = try bench(folder, names: ["LABEL_0", "LABEL_1"])
            try write([("one", "\"spam\""), ("two", "\"ham\"")], "train.jsonl", bench)
            #expect(try bench.check("").rows == 2)
        }
    }

    @Test("Other names than the checkpoint's are refused, both lists named; a head of another size is none of theirs")
    func disagreeing() throws {
        try withTemporaryFolder { folder in
            let bench = try bench(folder, names: ["positive", "negative"])
            try write([("one", "\"spam\""), ("two", "\"ham\"")], "train.jsonl", bench)
            let found = try bench.mistakes("")
            #expect(
                found.first?.hasSuffix(
                    "the checkpoint's own head has the classes 'positive', 'negative', the rows have 'ham', 'spam'.")
                    == true,
                "\(found)")
            #expect(found.count == 3)
            try write([("one", "\"a\""), ("two", "\"b\""), ("three", "\"c\"")], "train.jsonl", bench)
            #expect(try bench.check("").rows == 3)
        }
    }
}
