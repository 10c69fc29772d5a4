import AdapterKinds
import Adapters
import ForeignText
import Manifests
import ModelFiles
import Publication
import Reports
import Transformers

/// What a job trained, as it is published.
protocol TrainedArtifact: Artifact {
    /// The base, with what was trained.
    var model: JobModel { get }
    /// As trained, and from `readBack` on as its files say.
    var adapter: Adapter { get }

    /// Puts another adapter in the place of this one while `body` runs.
    ///
    /// - Parameter folder: where this one was written.
    /// - Throws: as reading both; what `body` throws.
    func with<Result>(
        _ other: ComparedAdapter, published folder: String, _ body: (LanguageModel) throws -> Result
    ) throws -> Result
}

extension TrainedArtifact {
    /// What the update did to the base, module by module.
    ///
    /// - Throws: as reading the base.
    func analysis(_ base: BaseModelFiles, _ reporter: JobReporter) throws -> [ModuleAnalysis] {
        try adapter.spectra(base: base) { reporter.progress($0, of: $1, .modules) }.map {
            ModuleAnalysis(
                module: $0.module, singularValues: $0.singularValues, relativeFrobeniusNorm: $0.relativeNorm)
        }
    }

    /// The checks that a proof of parity makes; one that failed for a reason of its own is told once.
    ///
    /// - Parameter words: of what parity alone finds.
    func checks(of parity: ParityReport, differing words: String) -> [ArtifactCheck] {
        let repetition = repetition(parity.repetition)
        let expectations = expectations(missed: parity.prompts.filter { $0.expectation?.passed == false }.map(\.id))
        let differs = !parity.passed && expectations.passed && repetition.passed
        return [repetition, expectations, ArtifactCheck("parity", reason: differs ? words : nil)]
    }

    /// Whether what was trained answers twice alike.
    func repetition(_ found: RepetitionReport?) -> ArtifactCheck {
        ArtifactCheck(
            "repetition",
            reason: found?.differing.map { id in
                "The adapter answered the prompt \(ForeignText.quoted(id, limit: 256)) with other bits the second time: "
                    + "this machine does not compute the same twice."
            })
    }

    /// Whether what was trained wrote what the regression prompts expect.
    ///
    /// - Parameter ids: of the prompts where it did not.
    func expectations(missed ids: [String]) -> ArtifactCheck {
        let missed = ids.map { ForeignText.quoted($0, limit: 256) }
        return ArtifactCheck(
            "expectations",
            reason: missed.isEmpty
                ? nil
                : "The adapter's text for \(missed.joined(separator: ", ")) is not what the regression prompts expect.")
    }
}

extension AdapterKind {
    /// What a job of the method publishes.
    var artifact: any Artifact.Type { publishesModel ? ModelArtifact.self : AdapterArtifact.self }
}
