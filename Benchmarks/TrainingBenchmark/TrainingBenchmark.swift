import ArgumentParser

/// Measures lorad's engine on whole steps. `Benchmarks/run.py` runs it beside PEFT and writes the tables.
@main
struct TrainingBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "TrainingBenchmark", abstract: "Training, evaluation and decoding rates, and the machine's own.",
        subcommands: [
            Train.self, Evaluate.self, Decode.self, Batches.self, CeilingsCommand.self,
            KernelsCommand.self,
        ])
}
