import TestSupport
import Testing
import Training

@Suite("Learning rate schedules")
struct LearningRateScheduleTests {
    @Test("Every schedule of the fixture has transformers' rates")
    func reference() throws {
        let cases = try goldenList(Fixtures.json("llama-tiny/schedules.json"))
        #expect(!cases.isEmpty)
        for golden in cases {
            let name = golden["schedule"]?.stringValue ?? ""
            let schedule = LearningRateSchedule(
                kind: try #require(.init(rawValue: name)), peak: golden["learning_rate"]?.doubleValue ?? 0,
                warmupSteps: golden["warmup_steps"]?.intValue ?? 0, totalSteps: golden["steps"]?.intValue ?? 0)
            for (step, rate) in try goldenList(golden["rates"]).enumerated() {
                let expected = try #require(rate.doubleValue)
                #expect(abs(schedule.rate(step: step) - expected) <= 1e-9 * schedule.peak, "\(name), step \(step)")
            }
        }
    }
}
