import Foundation
import Manifests
import ModelFiles
import Pipeline
import Reports
import TestSupport
import Testing

@Suite("What a run says of itself")
struct RunOutcomeTests {
    @Test("A run of one step learns: no warmup, which is said; two steps keep theirs")
    func oneStep() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let heard = Heard()
            let one = try bench.run("training: {max_steps: 1, batch_size: 2, dtype: float32}", heard.reporter)
            #expect(one.status == .succeeded)
            #expect(one.report.training?.learningRate == [2e-4])
            #expect(heard.lines.contains("warmup: none, as a single step would then have a learning rate of 0"))
            let two = try bench.run("training: {max_steps: 2, batch_size: 2, dtype: float32}")
            #expect(two.report.training?.learningRate == [0, 2e-4])
        }
    }

    @Test("Rows seen and epochs stand in report, page and card, beside the rows there are")
    func rowsSeen() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            let few = try bench.run("training: {max_steps: 2, batch_size: 1, gradient_accumulation: 2, dtype: float32}")
                .report
            #expect(few.training?.rowsSeen == 4 && few.training?.epochs == 0.5)
            #expect(few.provenance.training.batchSize == 2)
            let json = String(decoding: try ReportCoding.encode(few), as: UTF8.self)
            #expect(json.contains("\"rows_seen\" : 4") && json.contains("\"epochs\" : 0.5"))
            let sentence = "4 of the 8 rows there are were seen (0.500 epochs)"
            #expect(ReportPage.render(few).contains(sentence + ","))
            #expect(ModelCard.render(few).contains("- \(sentence)\n"))
            let many = try bench.run("training: {max_steps: 5, batch_size: 4, dtype: float32}").report
            #expect(ModelCard.render(many).contains("- 20 rows were seen (2.50 epochs of the 8 there are)\n"))
        }
    }

    @Test("Cause and advice of what ended a run are in its report, and on its page")
    func advice() throws {
        try withTemporaryFolder { folder in
            let bench = try JobBench(folder: folder)
            // A rate that no weight survives: the second step's loss, or the third's, is no number.
            let result = try bench.run(
                "training: {max_steps: 30, batch_size: 2, learning_rate: 1, max_grad_norm: 0, warmup_ratio: 0}\n"
                    + "adapter: {alpha: 1.0e+30}")
            #expect(result.status == .failed)
            let report = try ReportCoding.decode(
                try #require(FileManager.default.contents(atPath: result.runFolder + "/report.json")))
            #expect(report.reason?.isEmpty == false)
            let advice = try #require(report.advice)
            #expect(report.explanation.last == advice)
            #expect(ReportPage.render(report).contains(advice))
        }
    }

    @Test("A base whose own answer is NaN is named as what fails the first step")
    func notFiniteBase() throws {
        try withTemporaryFolder { folder in
            let base = folder + "/base"
            try FileManager.default.copyItem(atPath: Fixtures.path("llama-tiny/base"), toPath: base)
            let weights = URL(fileURLWithPath: base + "/model.safetensors")
            var data = try Data(contentsOf: weights)
            // The last four bytes are an element of the final norm's weight: a number still, which overflows.
            data.replaceSubrange((data.count - 4)..., with: [0xFF, 0xFF, 0x7F, 0x7F])
            try data.write(to: weights)
            let report = try JobBench(folder: folder, base: base).run("").report
            #expect(report.status == .failed)
            #expect(report.reason?.hasPrefix("Step 1 has a loss of NaN") == true)
            #expect(report.cause?.contains("it is the base that answers so") == true)
            #expect(report.advice?.contains("the base's weights") == true)
        }
    }
}
