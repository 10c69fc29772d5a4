import Adapters
import Evaluation
import Foundation
import Manifests
import ModelFiles
import Tokenizers
import Transformers

/// What a published run still proves, from its own files and its base.
package struct VerifyRun: Encodable, Sendable {
    /// Files that are not as they were published.
    package let findings: [VerifyPublication.Finding]
    /// Where the base should lie.
    package private(set) var base: String?
    /// Whether that base is the one the run was trained on; nil where it is not there to be compared.
    package private(set) var baseMatches: Bool?
    /// Whether the merged weights still behave as the adapter; nil where that could not be tried.
    package private(set) var parityPassed: Bool?
    /// Largest difference of a logit between adapter and merged weights, where it was tried.
    package private(set) var maxAbsLogitDifference: Double?

    /// Whether nothing speaks against the run.
    package var passed: Bool { findings.isEmpty && baseMatches != false && parityPassed != false }

    private enum CodingKeys: String, CodingKey {
        case findings, base, passed
        case baseMatches = "base_matches"
        case parityPassed = "parity_passed"
        case maxAbsLogitDifference = "max_abs_logit_difference"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(findings, forKey: .findings)
        try container.encode(passed, forKey: .passed)
        try container.encodeIfPresent(base, forKey: .base)
        try container.encodeIfPresent(baseMatches, forKey: .baseMatches)
        try container.encodeIfPresent(parityPassed, forKey: .parityPassed)
        try container.encodeIfPresent(maxAbsLogitDifference, forKey: .maxAbsLogitDifference)
    }

    /// Compares checksums, then the base's hashes, then the answers of base, adapter and merged weights to the prompts
    /// that the run was proved with. What a failed check makes pointless is left out.
    ///
    /// - Throws: as reading the run's files and its base.
    package init(folder: String, hashCache: String) throws {
        findings = try VerifyPublication.check(folder).findings
        guard findings.isEmpty else { return }
        let report = try ReportCoding.decode(Data(contentsOf: URL(fileURLWithPath: folder + "/report.json")))
        let expected = report.provenance.base
        base = expected.path
        guard FileManager.default.fileExists(atPath: expected.path) else { return }
        let hash = try ContentHash.ofBase(expected.path, cache: HashCache(file: hashCache))
        baseMatches = hash.sha256 == expected.sha256 && hash.tokenizerSHA256 == expected.tokenizerSHA256
        guard baseMatches == true, report.status == .succeeded else { return }
        let parity = try Self.parity(folder, report, hash)
        parityPassed = parity?.passed
        maxAbsLogitDifference = parity?.maxAbsLogitDifference
    }

    private static func parity(_ folder: String, _ report: RunReport, _ hash: BaseHash) throws -> ParityReport? {
        let prompts = (report.parity?.prompts ?? []).compactMap { prompt in
            prompt.prompt.map { RegressionPrompt(id: prompt.id, prompt: $0) }
        }
        guard !prompts.isEmpty else { return nil }
        let manifest = try JobManifest.load(path: folder + "/manifest.yaml", pipelinesFolder: "pipelines")
        let files = try BaseModelFiles(path: hash.path)
        let model = try LanguageModel.load(files, dtype: .float32, forTraining: false)
        let adapter = try LoRAAdapter.load(
            folder: folder, into: model,
            expecting: AdapterIdentity(baseSHA256: hash.sha256, tokenizerSHA256: hash.tokenizerSHA256))
        let scratch = FileManager.default.temporaryDirectory.path + "/lorad-verify-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        return try ParityProof(
            prompts: prompts, base: files, tokenizer: TokenizerLoader.load(files), manifest: manifest,
            scratchFolder: scratch, shouldStop: { false }, progress: { _ in }
        ).run(model, adapter)
    }
}
