import Foundation
import ModelFiles
import TestSupport
import Testing

@Suite("bfloat16 beside float32, on the real base and data")
struct BFloat16AccuracyTests {
    @Test(
        "Loss curve within 2%, slices within 1 point, parity within its tolerance",
        .enabled(if: Fixtures.hasRealBase, "scripts/fetch brings the base"))
    func accuracy() throws {
        try withTemporaryFolder { folder in
            let lorad = try LoradProcess(folder: folder)
            try copy("bases/SmolLM2-135M-Instruct.Q4_1.gguf", to: folder + "/base.gguf")
            try copy("data/sentiment/train.jsonl", to: folder + "/data/sentiment.jsonl")
            // Every fourth row: all domains, in a tenth of the time.
            let rows = try String(contentsOfFile: Fixtures.root + "/data/sentiment/test.jsonl", encoding: .utf8)
                .split(separator: "\n").enumerated().filter { $0.offset % 4 == 0 }.map(\.element)
            try lorad.write(rows.joined(separator: "\n"), to: "data/test.jsonl")
            // The cores are shared with other tests; both runs take what there is.
            try lorad.write("quiet_time: 0.1\n", to: "lorad.yaml")

            let exact = try run(lorad, dtype: "float32")
            let rounded = try run(lorad, dtype: "bfloat16")
            #expect(exact.losses.count == rounded.losses.count && exact.losses.count == 3)
            for (loss, other) in zip(exact.losses, rounded.losses) {
                #expect(abs(other - loss) <= 0.02 * loss, "losses \(loss) and \(other)")
            }
            #expect(exact.accuracies.keys.sorted() == ["all", "amazon", "movies", "news", "tweets"])
            let accuracy = try #require(exact.accuracies["all"])
            let other = try #require(rounded.accuracies["all"])
            #expect(abs(accuracy - other) <= 0.01, "accuracies \(accuracy) and \(other)")
        }
    }

    private struct Outcome {
        /// Means of ten steps each.
        let losses: [Double]
        let accuracies: [String: Double]
    }

    private func run(_ lorad: LoradProcess, dtype: String) throws -> Outcome {
        let manifest = """
            name: accuracy-\(dtype)
            base: {path: base.gguf, sha256: b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53}
            dataset: data/sentiment.jsonl
            training: {max_steps: 30, learning_rate: 5.0e-4, dtype: \(dtype)}
            evaluation: {data: data/test.jsonl, slice_by: domain, choices: [" positive", " negative"]}
            """
        try lorad.write(manifest, to: "\(dtype).yaml")
        let run = try lorad.start(["run", "\(dtype).yaml"]).wait(within: 900)
        try #require(run.status == 0, "\(run.errors)")
        let line = try JSONReader.parse(run.lastLine, name: "stdout")
        let published = try #require(line["run_dir"]?.stringValue)
        let report = try JSONReader.parse(file: "\(lorad.folder)/\(published)/report.json")
        #expect(report["parity"]?["passed"]?.boolValue == true)
        let losses = (report["training"]?["loss"]?.arrayValue ?? []).compactMap(\.doubleValue)
        let slices = (report["slices"]?.arrayValue ?? []).map {
            ($0["name"]?.stringValue ?? "", $0["adapter"]?["accuracy"]?.doubleValue ?? -1)
        }
        return Outcome(
            losses: stride(from: 0, to: losses.count, by: 10).map { start -> Double in
                losses[start..<(start + 10)].reduce(0, +) / 10
            },
            accuracies: Dictionary(uniqueKeysWithValues: slices))
    }

    private func copy(_ name: String, to path: String) throws {
        try FileManager.default.copyItem(atPath: "\(Fixtures.root)/\(name)", toPath: path)
    }
}
