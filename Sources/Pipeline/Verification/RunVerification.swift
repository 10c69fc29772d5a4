import Adapters
import Common
import Digests
import Evaluation
import Foundation
import Manifests
import ModelFiles
import Publication
import Reports
import Tokenizers
import Transformers

/// Checks a published run from its files and its base alone: that the files are those published, that the base is the
/// one, and that base, adapter and merged weights still answer as the report says.
///
/// Slices and gates are not judged again: their data is no part of a run.
package struct RunVerification {
    let folder: String
    private let basePath: String?
    private let key: P256PublicKey?
    let reporter: JobReporter
    private var checks: [RunCheck] = []
    private var fault: FaultCategory?
    var measured: ParityReport?

    /// - Parameters:
    ///   - folder: `outbox/NAME/RUN`.
    ///   - base: where the base lies now; nil: where the report says, relative to the working folder.
    ///   - key: what must have signed the run; nil where nothing must.
    ///   - reporter: told how far it is.
    package init(_ folder: String, base: String?, key: P256PublicKey? = nil, reporter: JobReporter = .silent) {
        self.folder = folder
        self.key = key
        basePath = base
        self.reporter = reporter
    }

    /// Makes every check that can be made.
    ///
    /// - Throws: `PipelineError.missing` where there is no run; what reading a file throws that is whole but unreadable.
    package mutating func run() throws -> RunVerdict {
        try checkAll()
        let made = Set(checks.map(\.name))
        if let cause = checks.first(where: { $0.status != .passed && $0.name != .provenance }) {
            let verb = cause.status == .failed ? "failed" : "was not checked"
            for name in RunCheck.Name.allCases where !made.contains(name) {
                note(name, .notChecked, "\(cause.name.rawValue) \(verb)")
            }
        }
        return RunVerdict(
            runFolder: folder, passed: fault == nil, fault: fault,
            checks: RunCheck.Name.allCases.flatMap { name in checks.filter { $0.name == name } }, parity: measured)
    }

    private mutating func checkAll() throws {
        guard try checkFiles() else { return }
        if let imported = ImportRecord.read(folder) { return try checkImported(imported) }
        guard let record = try readRecord(),
            let (files, base, reading) = try checkBase(BaseRecord(record.report.provenance.base))
        else { return }
        if record.manifest.adapter.method.publishesModel { return try checkModel(record, files, reading) }
        let task: ModelTask
        do { task = try ModelTask.of(adapter: folder, base: files.configuration) } catch let error as AdaptersError {
            return _ = fail(.adapter, .data, Self.words(error))
        }
        let seed = UInt64(bitPattern: Int64(record.manifest.training.seed))
        let model = try LanguageModel.load(files, dtype: .float32, task: task.head(seed: seed))
        guard let adapter = try loadAdapter(into: model, files, base, isMerged: record.parity != nil) else { return }
        do {
            let scratch = try Self.makeScratch()
            defer { try? FileManager.default.removeItem(atPath: scratch) }
            let proof = try proof(record, files, reading, task, scratch: scratch)
            reporter.started(.parity)
            defer { reporter.ended(.parity, detail: nil) }
            guard let recorded = record.parity else {
                return try compareUnmerged(record.unmerged, proof, consume model, adapter)
            }
            let found = try answer(proof, record, reading, consume model, adapter)
            measured = found
            compare(found, with: recorded)
        } catch let error as PipelineError where error.code == .failed {
            _ = fail(.parity, .failed, Self.words(error))
        }
    }

    // MARK: files

    private mutating func checkFiles() throws -> Bool {
        let outcome = try VerifyPublication.check(folder)
        guard outcome.passed else {
            let findings = outcome.findings.map { "\($0.kind.rawValue) \($0.path)" }.joined(separator: ", ")
            return fail(.checksums, .data, "not as published: \(findings)")
        }
        pass(.checksums, "\(outcome.listed) files are as published")
        return checkProvenance()
    }

    /// A run that is not signed, where nobody said by whom it must be, is told and no fault.
    private mutating func checkProvenance() -> Bool {
        let path = "\(folder)/\(RunSignatures.statement)"
        if FileSystem.exists(path) {
            let named = BoundedFile.read(path, limit: Self.largestStatement).flatMap(ProvenanceStatement.subjects)
            guard let named, !named.isEmpty,
                named.allSatisfy({ ChecksumFile.sha256(of: $0.key, in: folder) == $0.value })
            else { return fail(.provenance, .data, "\(RunSignatures.statement) is not about these files") }
        }
        guard let key else {
            let words = RunSignatures.isSigned(folder) ? "signed; --key says by whom it must be" : "not signed"
            note(.provenance, .notChecked, words)
            return true
        }
        switch RunSignatures.check(folder, by: key) {
        case .signed: return pass(.provenance, "every file is signed by this key")
        case .unsigned: return fail(.provenance, .data, "the run is not signed")
        case .wrong(let words): return fail(.provenance, .data, words)
        }
    }

    /// Bytes; it holds a manifest and names of files.
    private static let largestStatement = 64 << 20

    /// What the run recorded of itself.
    struct Record {
        let report: RunReport
        /// Nil where the adapter cannot be merged.
        let parity: ParityReport?
        let unmerged: UnmergedReport?
        let prompts: [RegressionPrompt]
        let manifest: JobManifest
    }

    private mutating func readRecord() throws -> Record? {
        let report: RunReport
        do {
            report = try ReportCoding.decode(try Data(contentsOf: URL(fileURLWithPath: folder + "/report.json")))
        } catch {
            return reject(.run, .data, "report.json cannot be read: \(Self.words(error))")
        }
        guard report.status == .succeeded else {
            let told = report.explanation.isEmpty ? ["no reason is recorded"] : report.explanation
            return reject(.run, .failed, "it \(report.status.rawValue): \(told.joined(separator: " "))")
        }
        let manifest: JobManifest
        do {
            manifest = try JobManifest.load(path: folder + "/manifest.yaml", pipelinesFolder: folder)
        } catch {
            return reject(.run, .data, "manifest.yaml cannot be read: \(Self.words(error))")
        }
        guard let prompts = prompts(of: report, manifest) else { return nil }
        pass(.run, "\(report.provenance.name) \(report.provenance.run) succeeded")
        return Record(
            report: report, parity: report.parity, unmerged: report.unmerged, prompts: prompts, manifest: manifest)
    }

    /// What base and adapter were asked; nil, and noted, where the report does not say.
    private mutating func prompts(of report: RunReport, _ manifest: JobManifest) -> [RegressionPrompt]? {
        if let unmerged = report.unmerged, report.parity == nil, unmerged.passed, !unmerged.prompts.isEmpty {
            return unmerged.prompts.map {
                RegressionPrompt(id: $0.id, prompt: $0.prompt, pair: $0.textPair, isRendered: $0.rendered ?? false)
            }
        }
        guard let parity = report.parity, parity.passed, !parity.prompts.isEmpty else {
            return reject(.run, .data, "report.json calls the run succeeded and holds no passed parity")
        }
        let prompts = parity.prompts.compactMap { prompt in
            prompt.prompt.map {
                RegressionPrompt(
                    id: prompt.id, prompt: $0, pair: prompt.textPair, isRendered: prompt.rendered ?? false)
            }
        }
        guard prompts.count == parity.prompts.count, parity.dtype == manifest.merge.dtype.rawValue else {
            return reject(.run, .data, "report.json lacks a prompt, or states another dtype than manifest.yaml")
        }
        return prompts
    }

    // MARK: base and adapter

    mutating func checkBase(_ expected: BaseRecord) throws -> (
        files: BaseModelFiles, hash: BaseHash, reading: TokenizerReading
    )? {
        let path =
            basePath ?? (FileManager.default.fileExists(atPath: expected.path) ? expected.path : expected.place)
        guard FileManager.default.fileExists(atPath: path) else {
            fault = fault ?? .missing
            note(.base, .notChecked, "\(path) is not here; name its place with --base")
            return nil
        }
        // No cache is asked: what a run is held to are the bytes.
        let files = try BaseModelFiles(path: path)
        let hash = try HashProgress.ofBase(files, at: path, cache: nil, reporter)
        let isVersion1 = hash.tokenizerSHA256Version1 == expected.tokenizerSHA256
        for (kind, found, wanted) in [
            ("", hash.sha256, expected.sha256),
            (
                "tokenizer ", isVersion1 ? hash.tokenizerSHA256Version1 : hash.tokenizerSHA256,
                expected.tokenizerSHA256
            ),
        ] where found != wanted {
            return reject(.base, .data, "\(path) has the \(kind)hash \(found), the adapter is for \(wanted)")
        }
        let extent = isVersion1 ? "; version 1 of the tokenizer's hash says nothing of templates and ends" : ""
        pass(.base, "\(path) is the base, \(hash.sha256)\(extent)")
        return (files, hash, isVersion1 ? .version1 : .current)
    }

    /// - Parameter isMerged: whether the report speaks of merged weights.
    private mutating func loadAdapter(
        into model: LanguageModel, _ files: BaseModelFiles, _ base: BaseHash, isMerged: Bool
    ) throws -> Adapter? {
        do {
            guard try Adapter.recordedBase(folder: folder) == base.sha256 else {
                return reject(.adapter, .data, "adapter_model.safetensors does not name the base that it was made for")
            }
            let adapter = try Adapter.load(folder: folder, into: model, on: AdapterPlace(files, base))
            try adapter.checkMeaningful()
            guard (adapter.configuration.method.mergeObstacle == nil) == isMerged else {
                return reject(
                    .adapter, .data, "report.json does not speak of an adapter of \(adapter.configuration.method.title)"
                )
            }
            pass(.adapter, "\(adapter.parameterCount) parameters on \(adapter.placeText) fit the base")
            return adapter
        } catch let error as AdaptersError {
            return reject(.adapter, .data, Self.words(error))
        }
    }

    // MARK: answers

    static func makeScratch() throws -> String {
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("lorad-verify-\(UUID())").path
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        return scratch
    }

    func proof(
        _ record: Record, _ files: BaseModelFiles, _ reading: TokenizerReading, _ task: ModelTask, scratch: String
    ) throws -> ParityProof {
        let tokenizer = try TokenizerLoader.load(files, reading: reading)
        return ParityProof(
            base: files, tokenizer: tokenizer, endTokens: try EndTokens.of(files, tokenizer, reading: reading),
            prompts: record.prompts,
            maxNewTokens: record.manifest.regression.maxNewTokens, task: task,
            seed: UInt64(bitPattern: Int64(record.manifest.training.seed)),
            dtype: record.manifest.merge.dtype == .bfloat16 ? .bf16 : .f32,
            tolerance: record.manifest.merge.tolerance, scratchFolder: scratch,
            progress: { [reporter] in reporter.progress($0, of: $1, .answers) })
    }

    /// Asks base, adapter and merged weights: the published ones where the run holds them.
    private func answer(
        _ proof: ParityProof, _ record: Record, _ reading: TokenizerReading, _ model: consuming LanguageModel,
        _ adapter: Adapter
    ) throws -> ParityReport {
        let (files, tokenizer) = (proof.base, proof.tokenizer)
        return try proof.run(consume model, adapter) {
            // Parity was proven in dtype, of which a requantised model holds nothing.
            if record.manifest.merge.type == nil,
                let format = MergedFormat(rawValue: record.manifest.merge.export.rawValue)
            {
                let published = MergedModel.export(format, folder: "\(folder)/\(MergedFormat.runFolder)")
                return try published.open(
                    base: files, tokenizer: tokenizer, prompts: record.prompts, reading: reading)
            }
            let overlay = MergedModel.overlay(path: proof.scratchFolder + "/merged.safetensors")
            try overlay.write(
                MergedExport(adapter, base: files, dtype: proof.dtype, task: proof.task, reporter: reporter))
            return try overlay.open(base: files, tokenizer: tokenizer, prompts: record.prompts)
        }
    }

    private mutating func compare(_ found: ParityReport, with recorded: ParityReport) {
        let difference = String(
            format: "largest difference of a logit %.2e, recorded %.2e, of %.2e allowed (%@)",
            found.maxAbsLogitDifference, recorded.maxAbsLogitDifference, recorded.tolerance, found.dtype)
        let within = found.passed && found.maxAbsLogitDifference <= recorded.tolerance
        verdict(.parity, within, difference)

        compare(texts: found.prompts, with: recorded.prompts) { [$0.baseText, $0.adapterText, $0.mergedText] }
        compareUpdate(
            found.baseVsAdapterMaxAbsLogitDifference, with: recorded.baseVsAdapterMaxAbsLogitDifference,
            within: found.tolerance)
    }

    mutating func compare<Prompt: AnsweredPrompt>(
        texts found: [Prompt], with recorded: [Prompt], _ texts: (Prompt) -> [String]
    ) {
        let others = zip(found, recorded).filter { texts($0) != texts($1) }.map(\.1.id)
        let same = recorded.count - others.count
        verdict(
            .texts, others.isEmpty,
            "\(same) of \(recorded.count) prompts answered as recorded"
                + (others.isEmpty ? "" : "; not \(others.joined(separator: ", "))"))
    }

    /// Another adapter, or another report, moves the logits differently, even where both merge without loss.
    mutating func compareUpdate(_ now: Double, with then: Double, within tolerance: Double) {
        verdict(
            .update, abs(now - then) <= tolerance,
            String(
                format: "the adapter moves a logit by %.4f, recorded %.4f, equal within %.2e", now, then, tolerance))
    }

    // MARK: bookkeeping

    /// An error with its cause, and what to do about it.
    static func words(_ error: any Error) -> String {
        (error as? any Fault)?.sentences.joined(separator: " ") ?? error.localizedDescription
    }

    mutating func note(_ name: RunCheck.Name, _ status: RunCheck.Status, _ detail: String) {
        checks.append(RunCheck(name: name, status: status, detail: detail))
    }

    mutating func verdict(_ name: RunCheck.Name, _ holds: Bool, _ detail: String) {
        _ = holds ? pass(name, detail) : fail(name, .failed, detail)
    }

    @discardableResult
    mutating func pass(_ name: RunCheck.Name, _ detail: String) -> Bool {
        note(name, .passed, detail)
        return true
    }

    @discardableResult
    mutating func fail(_ name: RunCheck.Name, _ fault: FaultCategory, _ detail: String) -> Bool {
        note(name, .failed, detail)
        self.fault = self.fault ?? fault
        return false
    }

    private mutating func reject<Result>(_ name: RunCheck.Name, _ fault: FaultCategory, _ detail: String) -> Result? {
        _ = fail(name, fault, detail)
        return nil
    }
}
