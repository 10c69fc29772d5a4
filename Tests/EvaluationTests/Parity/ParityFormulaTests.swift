import Evaluation
import Foundation
import TestSupport
import Testing

/// Three models whose logits are written down, so that every figure of the report can be computed by hand.
@Suite("Parity by hand")
struct ParityFormulaTests {
    /// Says b, c, d … up to the end; the base, by comparison, says a over and over.
    private static var adapter: FormulaModel { FormulaModel(successors: [1, 2, 3, 4, 5, 6, 7, 8, 8]) }
    private static var base: FormulaModel { FormulaModel(successors: [Int](repeating: 0, count: 9)) }

    private func report(
        adapter: FormulaModel = Self.adapter, base: FormulaModel = Self.base, merged: FormulaModel,
        prompts: [RegressionPrompt] = [RegressionPrompt(id: "p", prompt: "a", expectations: [.equals("bcd")])],
        precision: ParityPrecision = .float32
    ) throws -> ParityResult {
        try withTemporaryFolder { folder in
            let recorder = try ParityRecorder(
                prompts: prompts,
                generator: TextGenerator(tokenizer: CharacterTokenizer(), endTokens: [8], maximumNewTokens: 3),
                scratchFolder: folder)
            let reference = try recorder.reference(adapter)
            let report = ParityJudge.report(
                prompts: prompts, adapter: reference, base: try recorder.measure(base, against: reference),
                merged: try recorder.measure(merged, against: reference), precision: precision)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
            return report
        }
    }

    /// As `model`, with `change` added to the logit of `token` wherever `where` holds of the prefix.
    private func changed(
        _ model: FormulaModel, token: Int, by change: Float, where holds: @escaping ([Int]) -> Bool = { _ in true }
    ) -> FormulaModel {
        FormulaModel { prefix in
            // A formula model's rows always exist.
            var row = (try? model.logits(prefix, positions: prefix.count - 1..<prefix.count)[0]) ?? []
            if holds(prefix) { row[token] += change }
            return row
        }
    }

    @Test("The same model passes, with all figures zero, the three texts and the expectation's verdict")
    func same() throws {
        let report = try report(merged: Self.adapter)
        #expect(report.passed && report.failures == [])
        #expect(report.maxAbsLogitDifference == 0 && report.meanKL == 0 && report.top1Agreement == 1)
        #expect(report.identicalText && report.lostShare == 0)
        // The largest logit is 4, the base's row differs from the adapter's by 4 in two places.
        #expect(report.tolerance == 4 * 0x1p-13 && report.dtype == "float32")
        #expect(report.maxAbsUpdate == 4)
        let prompt = report.prompts[0]
        #expect([prompt.baseText, prompt.adapterText, prompt.mergedText] == ["aaa", "bcd", "bcd"])
        #expect(prompt.expectation?.passed == true && report.expectationsPassed)
    }

    @Test("A missed expectation is told and is no failure of parity")
    func expectation() throws {
        let prompt = RegressionPrompt(id: "p", prompt: "a", expectations: [.contains("x")])
        let report = try report(merged: Self.adapter, prompts: [prompt])
        #expect(report.passed && !report.expectationsPassed)
        #expect(report.prompts[0].expectation?.reason == "The text does not contain \"x\".")
    }

    @Test("An adapter that answers as the base does is a failure, not a pass")
    func zeroUpdate() throws {
        let report = try report(adapter: Self.base, merged: Self.base)
        #expect(!report.passed && report.failures == [.zeroUpdate])
        #expect(report.lostShare == nil && report.maxAbsUpdate == 0)
    }

    @Test("A logit beyond the tolerance fails, one within it passes; both are measured")
    func logits() throws {
        let tolerance = Float(4 * 0x1p-13)
        let within = try report(merged: changed(Self.adapter, token: 7, by: tolerance * 0.99))
        #expect(within.passed)
        let beyond = try report(merged: changed(Self.adapter, token: 7, by: tolerance * 1.01))
        #expect(beyond.failures == [.logitsDiffer])
        expectClose(beyond.maxAbsLogitDifference, Double(tolerance) * 1.01, tolerance: 1e-7)
        #expect(beyond.identicalText)
    }

    @Test("KL and agreement are means over the prompt's and the answer's positions")
    func means() throws {
        // Compared are the rows after a, b, c and d; only after b the merged model prefers e, by 1.
        let merged = changed(Self.adapter, token: 4, by: 5) { $0.last == 1 }
        let report = try report(merged: merged)
        #expect(report.top1Agreement == 0.75)
        // p = softmax(4 and eight 0), q = softmax(4, 5 and seven 0): KL = log Zq − log Zp − 5 p(e).
        let kl = log(exp(4.0) + exp(5.0) + 7) - log(exp(4.0) + 8) - 5 / (exp(4.0) + 8)
        expectClose(report.meanKL, kl / 4, tolerance: 1e-9)
        // ‖adapter − merged‖ = 5; the base differs by 4 in two places of each of four rows: √128.
        expectClose(report.lostShare, 5 / 128.0.squareRoot(), tolerance: 1e-12)
        #expect(report.maxAbsLogitDifference == 5)
    }

    @Test("Another text by a clear margin fails for itself")
    func text() throws {
        let merged = changed(Self.adapter, token: 4, by: 5) { $0.last == 1 }
        let report = try report(merged: merged)
        #expect(!report.passed && !report.identicalText)
        #expect(Set(report.failures) == [.logitsDiffer, .updateLost, .textDiffers])
        #expect(report.prompts[0].adapterText == "bcd" && report.prompts[0].mergedText == "bef")
    }

    @Test("Another text by a tie that rounding explains passes, and is told")
    func nearTie() throws {
        // After b, e is 1e-4 behind c for the adapter and 1e-4 ahead for the merged weights: within 4 · 2⁻¹³.
        let adapter = changed(Self.adapter, token: 4, by: 3.9999) { $0.last == 1 }
        let merged = changed(Self.adapter, token: 4, by: 4.0001) { $0.last == 1 }
        let report = try report(adapter: adapter, merged: merged)
        #expect(report.passed && !report.identicalText)
        #expect(report.prompts[0].adapterText == "bcd" && report.prompts[0].mergedText == "bef")
    }

    @Test("An end of text that only one of them reaches is another text")
    func endToken() throws {
        let merged = changed(Self.adapter, token: 8, by: 5) { $0.last == 1 }
        let report = try report(merged: merged)
        #expect(report.failures.contains(.textDiffers))
        #expect(report.prompts[0].mergedText == "b")
    }

    @Test("bfloat16 may differ by 2⁻⁵ of the largest logit, but not lose more than a quarter of the update")
    func bfloat16() throws {
        let tolerance = Float(4 * 0x1p-5)
        let passing = try report(merged: changed(Self.adapter, token: 7, by: tolerance), precision: .bfloat16)
        #expect(passing.passed && passing.dtype == "bfloat16" && passing.tolerance == Double(tolerance))
        // An update of 0.08 everywhere of which 0.02 are lost is a quarter; 0.021 are more.
        for (lost, failures) in [(Float(0.0199), []), (0.021, [ParityFailure.updateLost])] {
            let adapter = changed(Self.base, token: 7, by: 0.08)
            let merged = changed(Self.base, token: 7, by: 0.08 - lost)
            #expect(try report(adapter: adapter, merged: merged, precision: .bfloat16).failures == failures)
        }
    }

    @Test("Logits that are not finite are an error naming the prompt")
    func notFinite() throws {
        let broken = changed(Self.adapter, token: 7, by: .nan) { $0.count > 1 }
        let error = failure { _ = try report(merged: broken) }
        #expect(error?.code == .notFinite)
        #expect(error?.message.contains("prompt \"p\"") == true)
    }

    @Test("Without prompts nothing can be proved")
    func noPrompts() {
        #expect(failure { _ = try report(merged: Self.adapter, prompts: []) }?.code == .missing)
    }

    @Test("Progress counts the prompts, and several prompts are compared each with its own rows")
    func severalPrompts() throws {
        let prompts = ["a", "cc", "fe"].map { RegressionPrompt(id: $0, prompt: $0) }
        let report = try report(
            merged: changed(Self.adapter, token: 7, by: 1) { $0.prefix(2) == [2, 2] }, prompts: prompts)
        #expect(report.prompts.map(\.maxAbsLogitDifference) == [0, 1, 0])
        #expect(report.prompts.map(\.id) == ["a", "cc", "fe"])
    }
}
