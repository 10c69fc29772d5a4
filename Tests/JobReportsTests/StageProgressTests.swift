import Foundation
import JobReports
import Testing

@Suite("How far a stage is")
struct StageProgressTests {
    @Test("A step is told with its loss, its rate and the time of the whole job")
    func training() {
        var progress = StageProgress(
            stage: .train, done: 12, total: 150, unit: .steps, rate: 0.5, loss: 0.43214, tokensPerSecond: 2_345.4,
            stageSecondsLeft: 276, secondsLeft: 544.4)
        #expect(progress.words == "step 12 of 150, loss 0.4321, 2345 tokens/s, 9 min 4 s left")
        progress.validation = .init(done: 3, total: 9)
        #expect(
            progress.words
                == "step 12 of 150, validating, batch 3 of 9, loss 0.4321, 2345 tokens/s, 9 min 4 s left")
    }

    @Test("Before the job's time can be predicted the stage's is told as such, and before that none")
    func unmeasured() {
        var progress = StageProgress(stage: .base, done: 250_000_000, total: 1_000_000_000, unit: .bytes)
        #expect(progress.words == "250 MB of 1.00 GB")
        (progress.rate, progress.stageSecondsLeft) = (125_000_000, 6)
        #expect(progress.words == "250 MB of 1.00 GB, 125 MB/s, 6.0 s left in this stage")
    }

    @Test(
        "Every unit counts in ASCII, and figures that are none end nothing",
        arguments: [Double.nan, .infinity, -.infinity, 1e300, -1e300, 1e-300, 0])
    func odd(value: Double) {
        let units: [StageProgress.Unit] = [.bytes, .rows, .steps, .modules, .answers, .files]
        for unit in units {
            let progress = StageProgress(
                stage: .slices, done: .max, total: .min, unit: unit, rate: value, loss: value, tokensPerSecond: value,
                stageSecondsLeft: value, secondsLeft: value)
            #expect(progress.words.contains("of"))
        }
        let plain = StageProgress(stage: .slices, done: 1, total: 4, unit: .rows, rate: 12.345, secondsLeft: 3)
        #expect(plain.words == "row 1 of 4, 12.3 rows/s, 3.0 s left")
        let isASCII = plain.words.allSatisfy(\.isASCII)
        #expect(isASCII)
    }

    @Test("What is said and read again is the same")
    func coding() throws {
        var progress = StageProgress(stage: .train, done: 1, total: 2, unit: .steps, rate: 1, loss: 2)
        progress.validation = .init(done: 1, total: 3)
        let reports: [JobReport] = [
            .stageStarted(stage: .base, detail: nil), .stageEnded(stage: .data, detail: "7 rows"), .progress(progress),
            .moved(3), .log("a\u{2028}b"), .heartbeat(memory: 5), .heartbeat(memory: nil), .mayPublish,
            .ended(.faulted(reason: "full")), .ended(.succeeded(runFolder: "/a/b", summary: JobSummary(steps: 1))),
        ]
        let data = try JSONEncoder().encode(reports)
        #expect(try JSONDecoder().decode([JobReport].self, from: data) == reports)
    }
}
