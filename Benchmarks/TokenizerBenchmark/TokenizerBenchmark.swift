import ArgumentParser
import Datasets
import Foundation
import ModelFiles
import Tokenizers
import Transformers

/// How fast text becomes tokens, on one thread, by CPU time. `tokenizers_speed.py` runs it beside the tokenizers library.
@main
struct TokenizerBenchmark: ParsableCommand {
    @Option(help: "Text to tokenize: the prompts of a JSON Lines file.")
    var rows = "data/sentiment/train.jsonl"

    @Option(help: "Passes over all rows; the fastest counts.")
    var passes = 5

    @Argument(help: "Folders with a tokenizer.json, or .gguf files.")
    var tokenizers: [String]

    func run() throws {
        let texts = try JSONLines.read(rows).compactMap { try $0.value("prompt")?.stringValue }
        let bytes = texts.reduce(0) { $0 + $1.utf8.count }
        for path in tokenizers {
            let tokenizer = try load(path)
            // The first pass meets every word for the first time.
            let first = pass(tokenizer, texts)
            let best = (0..<max(1, passes)).map { _ in pass(tokenizer, texts).seconds }.min() ?? first.seconds
            let report: JSONObject = JSONObject([
                ("tokenizer", .string(path)), ("bytes", .integer(bytes)), ("tokens", .integer(first.tokens)),
                ("first_seconds", .number(first.seconds)), ("seconds", .number(best)),
            ])
            print(JSONText.document(.object(report)).split(separator: "\n").map { $0.trimmingPrefix(" ") }.joined())
        }
    }

    private func load(_ path: String) throws -> any Tokenizer {
        path.hasSuffix(".gguf")
            ? try TokenizerLoader.load(BaseModelFiles(path: path)) : try TokenizerLoader.load(ModelFolder(path))
    }

    private func pass(_ tokenizer: any Tokenizer, _ texts: [String]) -> (tokens: Int, seconds: Double) {
        let start = Self.processorSeconds()
        var tokens = 0
        for text in texts { tokens += tokenizer.encode(text, allowSpecial: true).count }
        return (tokens, Self.processorSeconds() - start)
    }

    /// CPU time of this process, which others on the machine do not lengthen.
    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
