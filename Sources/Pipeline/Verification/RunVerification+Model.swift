import Adapters
import Common
import Evaluation
import Foundation
import ModelFiles
import Tokenizers
import Transformers

extension RunVerification {
    /// Of a run that published a model: it loads, and base and model still answer as the report says.
    ///
    /// - Throws: as asking them.
    mutating func checkModel(_ record: Record, _ files: BaseModelFiles, _ reading: TokenizerReading) throws {
        guard let recorded = record.parity else { return }
        let seed = UInt64(bitPattern: Int64(record.manifest.training.seed))
        let (task, model): (ModelTask, LanguageModel)
        do {
            let published = try BaseModelFiles(path: ModelArtifact.place(in: folder))
            task = record.report.provenance.adapter.task == nil ? .language : ModelTask.of(base: published)
            model = try LanguageModel.load(published, dtype: .float32, task: task.head(seed: seed))
            pass(.adapter, "\(Adapter.modelFolder)/ holds a whole model of type \(published.configuration.modelType)")
        } catch let error as any Fault {
            _ = fail(.adapter, .data, Self.words(error))
            return
        }
        let scratch = try Self.makeScratch()
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let proof = try proof(record, files, reading, task, scratch: scratch)
        reporter.started(.parity)
        defer { reporter.ended(.parity, detail: nil) }
        let compared = try answers(proof, consume model, base: files)
        note(
            .parity, .notChecked,
            "what was in memory is kept nowhere: the published weights are held to the report's texts and figures")
        let pairs = zip(compared.answers, recorded.prompts)
        let others = pairs.filter { $0.baseText != $1.baseText || $0.adapter.text != $1.mergedText }.map(\.1.id)
        verdict(
            .texts, others.isEmpty,
            "\(recorded.prompts.count - others.count) of \(recorded.prompts.count) prompts answered as recorded"
                + (others.isEmpty ? "" : "; not \(others.joined(separator: ", "))"))
        // Rounded, the model may say something else than in memory, and what follows another text is another figure.
        guard recorded.prompts.allSatisfy({ $0.adapterText == $0.mergedText }) else {
            return note(
                .update, .notChecked,
                "in memory the model answered otherwise than its rounded weights do: another figure")
        }
        compareUpdate(
            compared.maxAbsUpdate, with: recorded.baseVsAdapterMaxAbsLogitDifference,
            within: max(compared.tolerance, recorded.tolerance))
    }

    /// Published model and base, one after the other.
    private func answers(
        _ proof: ParityProof, _ model: consuming LanguageModel, base: BaseModelFiles
    ) throws -> AnswerComparison {
        let recorder = try proof.recorder()
        let (count, progress) = (proof.prompts.count, proof.progress)
        let reference = try recorder.reference(model) { progress($0, 2 * count) }
        // Two models in memory at once would double what is needed.
        _ = consume model
        let own = try LanguageModel.load(base, dtype: .float32, task: proof.task.head(seed: proof.seed))
        let answered = try recorder.measure(own, against: reference, answers: nil) { progress(count + $0, 2 * count) }
        return AnswerComparison(prompts: proof.prompts, adapter: reference, base: answered)
    }
}
