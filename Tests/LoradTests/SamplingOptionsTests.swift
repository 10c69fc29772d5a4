import ArgumentParser
import Evaluation
import Testing
import lorad

@Suite("generate's --temperature, --top-p and --seed")
struct SamplingOptionsTests {
    @Test("Greedy unless a temperature is given")
    func choices() throws {
        #expect(try SamplingOptions.parse([]).choice == .greedy)
        #expect(try SamplingOptions.parse(["--temperature", "0"]).choice == .greedy)
        let all = try SamplingOptions.parse(["--temperature", "0.7", "--top-p", "0.9", "--seed", "3"])
        #expect(all.choice == .sampled(Sampling(temperature: 0.7, topP: 0.9, seed: 3)))
    }

    @Test(
        "What cannot be meant is wrong usage",
        arguments: [
            ["--temperature", "-1"], ["--temperature", "nan"], ["--temperature", "inf"], ["--temperature", "101"],
            ["--temperature", "1", "--top-p", "0"], ["--temperature", "1", "--top-p", "1.1"],
            ["--temperature", "1", "--top-p", "nan"], ["--top-p", "0.5"], ["--seed", "1"],
            ["--temperature", "1", "--seed", "-1"],
        ])
    func wrong(arguments: [String]) {
        #expect(throws: (any Error).self) { try SamplingOptions.parse(arguments) }
    }
}
