import Adapters
import ModelFiles
import Reports
import Tokenizers
import Transformers

/// What is exported: an adapter in a folder, and the base that it is for.
struct ExportSubject {
    /// What servers are to call it.
    let name: String
    let files: BaseModelFiles
    let place: AdapterPlace
    let adapterFolder: String
    let task: ModelTask
    let options: ExportOptions
    /// Where the export will stand, as an absolute path.
    let output: String
    let shouldStop: () -> Bool
    let reporter: JobReporter

    /// The base with the adapter on it.
    ///
    /// - Parameter folder: where its files are read from.
    /// - Throws: `AdaptersError.mismatch` for an adapter of another base, `.zeroUpdate`; as reading the files.
    func load(from folder: String? = nil) throws -> (model: LanguageModel, adapter: Adapter) {
        let model = try LanguageModel.load(files, dtype: .float32, task: task.head(seed: 0))
        let adapter = try Adapter.load(folder: folder ?? adapterFolder, into: model, on: place)
        try adapter.checkMeaningful()
        return (model, adapter)
    }

    /// - Throws: `PipelineError.rejected` where the adapter has a head of classes.
    func requireLanguage(_ form: String) throws {
        guard task == .language else {
            throw PipelineError(
                .rejected, "The adapter in \(adapterFolder) has a classification head, for which \(form) has no place.",
                advice: "Export it to peft or merged.")
        }
    }

    /// The proof of what is merged in `folder`.
    func proof(_ tokenizer: any Tokenizer, dtype: FileDType, scratch folder: String) -> MergeProof {
        MergeProof(
            files: files, tokenizer: tokenizer, task: task, dtype: dtype, scratchFolder: folder,
            shouldStop: shouldStop, reporter: reporter)
    }
}

/// What a form wrote.
struct Exported {
    /// What is given to the server, as a path from the folder; empty for the folder itself.
    var model: String
    /// The type that most weights were stored in.
    var dtype: String?
    /// Of a GGUF: how many tensors are stored in each type.
    var tensors: [String: Int]?
    var parity: ParityReport?
    var loss: ExportLoss?
    var modules: Int?
    var maximumRank: Int?
    /// Lines for a shell, which hand the export to its server.
    var commands: [String] = []
    /// What somebody who serves it should know.
    var notes: [String] = []
}
