import Evaluation
import Manifests
import ModelFiles
import Tokenizers
import Transformers

/// The base of a job, hashed and compared with what the manifest pins.
struct VerifiedBase {
    let files: BaseModelFiles
    let hash: BaseHash
    let tokenizer: any Tokenizer
    let template: ChatTemplate?

    /// Hashes base and tokenizer before anything else is done with them.
    ///
    /// A hash that is not the manifest's is noted, and the base is given all the same: the rows can be judged by it, and
    /// whoever has to mend the pin sees what else is wrong.
    ///
    /// - Returns: nil where the base cannot be read, which is noted too.
    /// - Throws: what is no fault of the job's own.
    static func open(_ document: ManifestDocument, hashCache: String, _ mistakes: JobMistakes) throws -> VerifiedBase? {
        let manifest = document.manifest
        let opened = try mistakes.collect("base.path") {
            try ContentHash.ofBase(manifest.base.path, cache: HashCache(file: hashCache))
        }
        guard let hash = opened else { return nil }
        let pins = [
            ("base.sha256", manifest.base.sha256, hash.sha256),
            ("base.tokenizer_sha256", manifest.base.tokenizerSHA256 ?? hash.tokenizerSHA256, hash.tokenizerSHA256),
        ]
        for (key, expected, found) in pins where expected != found {
            mistakes.note(
                key, "\(key) is \(expected), but \(manifest.base.path) hashes to \(found).",
                advice: "Bring back the base that the manifest names, or pin the new one with `lorad hash`.")
        }
        return try mistakes.collect("base.path") {
            let files = try BaseModelFiles(path: manifest.base.path)
            let needsTemplate = manifest.dataset.format == .messages
            return VerifiedBase(
                files: files, hash: hash, tokenizer: try TokenizerLoader.load(files),
                template: needsTemplate ? try ChatTemplate.load(files) : try? ChatTemplate.load(files))
        }
    }
}
