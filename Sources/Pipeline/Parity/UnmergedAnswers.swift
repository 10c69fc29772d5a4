import Adapters
import Evaluation
import Reports
import Transformers

extension ParityProof {
    /// Puts the prompts to base and adapter, where the adapter cannot be merged and there is nothing else to ask.
    ///
    /// - Parameters:
    ///   - model: with the adapter as read back.
    ///   - reason: why it cannot be merged.
    /// - Returns: the report, and how far its figure of the update may lie from another run's.
    /// - Throws: `EvaluationError.notFinite`, `.interrupted`, or `.mismatch` for a prompt that does not fit the base.
    func unmerged(_ model: LanguageModel, _ adapter: Adapter, reason: String) throws -> (
        report: UnmergedReport, tolerance: Double
    ) {
        let recorder = try recorder()
        let total = 2 * prompts.count
        let reference = try recorder.reference(model) { progress($0, total) }
        let repetition = try recorder.repetition(model, of: reference)
        adapter.setEnabled(false)
        defer { adapter.setEnabled(true) }
        let base = try measureBase(model, recorder, reference) { progress(prompts.count + $0, total) }
        let compared = AnswerComparison(prompts: prompts, adapter: reference, base: base)
        let answers = compared.answers.map { asked, baseText, answer in
            // Several conditions on one text do not fit the report's two fields; whether all hold does.
            let only = asked.expectations.count == 1 ? asked.expectations[0] : nil
            return PromptAnswers(
                id: asked.id, prompt: asked.prompt, rendered: asked.isRendered ? true : nil, textPair: asked.pair,
                baseText: baseText, adapterText: answer.text,
                expectation: asked.judge(answer).map {
                    ExpectationReport(passed: $0.passed, kind: only?.key, value: only?.value, reason: $0.reason)
                })
        }
        var report = UnmergedReport(
            reason: reason,
            passed: !compared.isZero && repetition.differing == nil
                && answers.allSatisfy { $0.expectation?.passed ?? true },
            baseVsAdapterMaxAbsLogitDifference: compared.maxAbsUpdate,
            latency: try DecodingLatency(tokenizer: tokenizer, prompts: prompts).measure(model, adapter),
            prompts: answers)
        report.repetition = RepetitionReport(repetition)
        return (report, compared.tolerance)
    }
}
