import Adapters
import ForeignText
import Manifests
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
