import Evaluation
import Manifests
import ModelFiles
import Tensors
import Tokenizers
import Training
import Transformers

/// The base of a job, proven to be the one that the manifest pins.
struct VerifiedBase {
    let files: BaseModelFiles
    let hash: BaseHash
    let tokenizer: any Tokenizer
    /// Where a generation stops.
    let endTokens: [Int]
    let template: ChatTemplate?

    /// Hashes base and tokenizer before anything else is done with them.
    ///
    /// - Throws: `PipelineError.rejected` where a hash is another than the manifest's, or for what is not supported.
    init(_ document: ManifestDocument, hashCache: String) throws {
        let manifest = document.manifest
        hash = try ContentHash.ofBase(manifest.base.path, cache: HashCache(file: hashCache))
        let pins = [
            ("base.sha256", manifest.base.sha256, hash.sha256),
            ("base.tokenizer_sha256", manifest.base.tokenizerSHA256 ?? hash.tokenizerSHA256, hash.tokenizerSHA256),
        ]
        for (key, expected, found) in pins where expected != found {
            if key == "base.tokenizer_sha256", expected == hash.tokenizerSHA256Version1 {
                throw Self.oldPin(document, key, hash)
            }
            throw Self.rejection(
                document, key, "\(key) is \(expected), but \(manifest.base.path) hashes to \(found)",
                advice: "Bring back the base that the manifest names, or pin the new one with `lorad hash`.")
        }
        files = try BaseModelFiles(path: manifest.base.path)
        tokenizer = try TokenizerLoader.load(files)
        endTokens = try EndTokens.of(files, tokenizer)
        let needsTemplate = manifest.dataset.format == .messages
        template = needsTemplate ? try ChatTemplate.load(files) : try? ChatTemplate.load(files)
    }

    /// A pin that says less than one does now; what it left out may have changed since.
    private static func oldPin(_ document: ManifestDocument, _ key: String, _ hash: BaseHash) -> PipelineError {
        rejection(
            document, key,
            "\(key) is version 1 of the tokenizer's hash, which left out the files that name and add tokens, chat "
                + "templates and ends of texts; with them \(hash.path) hashes to \(hash.tokenizerSHA256)",
            advice: "Pin \(hash.tokenizerSHA256) where those files are the ones that you mean.")
    }

    static func rejection(_ document: ManifestDocument, _ key: String, _ text: String, advice: String? = nil)
        -> PipelineError
    {
        let position = document.position(of: key)
        return PipelineError(
            .rejected, "\(position.file):\(position.line):\(position.column): \(text).", advice: advice)
    }
}
