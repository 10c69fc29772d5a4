import Adapters
import ArgumentParser
import Evaluation
import ForeignText
import Foundation
import ModelFiles
import Tokenizers
import Transformers
import Views

struct Hash: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Prints a base's and its tokenizer's hash.")

    @Argument(help: "A Hugging Face model folder or a .gguf file.")
    var base: String
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        // Whoever asks wants the bytes' hash; jobs may trust it afterwards.
        let hash = try ContentHash.ofBase(BaseModelFiles(path: base), cache: worker.hashCache(), rereading: true)
        if json { return try Output.json(hash) }
        Output.line("base:")
        Output.line("  path: \(hash.path)")
        Output.line("  sha256: \(hash.sha256)")
        Output.line("  tokenizer_sha256: \(hash.tokenizerSHA256)")
        Output.line("# \(hash.modelType), \(hash.parameters) parameters")
    }
}

struct Score: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the log-probability of a completion, by token, or how a text is classified.",
        discussion: """
            A completion is scored after a prompt: --prompt and --completion. A text, or a pair, is classified by the head \
            of the adapter or the base: --text and --text-pair.
            """)

    @OptionGroup var model: ModelOptions
    @Option(help: "What is given.")
    var prompt: String?
    @Option(help: "What is scored.")
    var completion: String?
    @Option(help: "What is classified.")
    var text: String?
    @Option(help: "The second text of a pair.")
    var textPair: String?
    @Flag(help: "JSON on stdout.")
    var json = false

    func validate() throws {
        let scores = prompt != nil && completion != nil && text == nil && textPair == nil
        let classifies = text != nil && prompt == nil && completion == nil
        guard scores || classifies else {
            throw ValidationError("Give either --prompt and --completion, or --text, with --text-pair for a pair.")
        }
    }

    func run() throws {
        if let text { return try classify(text) }
        try score(prompt ?? "", completion ?? "")
    }

    private func score(_ prompt: String, _ completion: String) throws {
        let (_, model, tokenizer) = try model.load()
        let given = tokenizer.encodeBeginning(prompt)
        let scored = tokenizer.encodeContinuation(completion)
        guard !given.isEmpty, !scored.isEmpty else {
            throw ValidationError("Both --prompt and --completion must hold at least one token.")
        }
        let labels = scored.enumerated().map { Label(position: given.count + $0 - 1, target: $1) }
        let sequence = ScoredSequence(tokens: given + scored, labels: labels)
        let values = try model.logProbabilities([sequence])[0].map(Double.init)
        try requireFinite(values)
        let tokens = zip(scored, values).map { id, value in
            ScoreAnswer.Token(id: id, text: tokenizer.decode([id], skipSpecial: false), logprob: value)
        }
        let total = values.reduce(0, +)
        let answer = ScoreAnswer(tokens: tokens, logprob: total, perplexity: exp(-total / Double(values.count)))
        if json { return try Output.json(answer) }
        for token in tokens { Output.line(String(format: "%9.4f  ", token.logprob) + token.text.debugDescription) }
        Output.line(String(format: "%9.4f  in all, perplexity %.4f", answer.logprob, answer.perplexity))
    }

    /// A base whose weights hold NaN has no answer, and JSON no word for one.
    private func requireFinite(_ values: [Double]) throws {
        guard !values.allSatisfy(\.isFinite) else { return }
        throw EvaluationError(
            .notFinite, "The model's answer is not a finite number.",
            cause: "Its weights hold NaN or infinity, or what is computed with them overflows.",
            advice: "Fetch the base again, or use another one.")
    }

    private func classify(_ text: String) throws {
        let (labels, model, tokenizer) = try model.loadClassifier()
        let encoded = try tokenizer.encode(
            text, pair: textPair, maximumLength: model.maximumPositions, allowSpecial: true)
        guard !encoded.ids.isEmpty else { throw ValidationError("--text must hold at least one token.") }
        let prediction = Prediction(try model.classify([encoded])[0])
        let logits = prediction.logits.map { Double($0) }
        try requireFinite(logits)
        guard case .classes(let names) = labels else {
            if json { return try Output.json(ClassificationAnswer(logits: logits, label: nil)) }
            return Output.line(String(format: "%.4f", logits[0]))
        }
        if json { return try Output.json(ClassificationAnswer(logits: logits, label: names[prediction.label])) }
        for (name, logit) in zip(names, logits) { Output.line(String(format: "%9.4f  ", logit) + name) }
        Output.line(names[prediction.label])
    }
}
