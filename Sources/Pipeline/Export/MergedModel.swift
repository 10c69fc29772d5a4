import Adapters
import Evaluation
import ModelFiles
import Tokenizers
import Transformers

/// The merged weights that parity is measured on, once they are written.
enum MergedModel {
    /// The adapted projections alone, in a scratch file that is laid over the base.
    case overlay(path: String)
    /// A whole model in a folder, to be published: what is measured is what others load.
    case export(MergedFormat, folder: String)

    /// Writes the weights; `open` reads them back.
    func write(_ export: MergedExport) throws {
        switch self {
        case .overlay(let path):
            try MergedWeights.writeOverlay(
                export.adapter, base: export.base, dtype: export.dtype, to: path, told: export.told)
        case .export(let format, let folder):
            try export.write(format, to: folder)
        }
    }

    /// The weights as they stand in their file.
    ///
    /// - Parameter reading: as `tokenizer`, the base's, was read.
    /// - Throws: as reading them; `PipelineError.failed` where an exported model's tokenizer is not the base's.
    func open(
        base: BaseModelFiles, tokenizer: any Tokenizer, prompts: [RegressionPrompt],
        reading: TokenizerReading = .current
    ) throws -> any WeightSource {
        switch self {
        case .overlay(let path):
            return try MergedSource(base: base, overlay: path)
        case .export(let format, let folder):
            let files = try BaseModelFiles(path: format.modelPath(in: folder))
            let written = try TokenizerLoader.load(files, reading: reading)
            try Self.compare(written, with: tokenizer, prompts: prompts, files: files)
            return files
        }
    }

    private static func compare(
        _ written: any Tokenizer, with base: any Tokenizer, prompts: [RegressionPrompt], files: BaseModelFiles
    ) throws {
        // Tokens that a file names, and no row of the embedding has been made for, are none of the model's.
        let pieces = 0..<min(base.vocabularySize, files.configuration.vocabularySize)
        let sameEnd = base.eosTokenID == nil || base.eosTokenID == written.eosTokenID
        let samePieces = pieces.allSatisfy { base.piece($0).isEmpty || base.piece($0) == written.piece($0) }
        let sameIDs = prompts.allSatisfy {
            base.encode($0.prompt, allowSpecial: true) == written.encode($0.prompt, allowSpecial: true)
        }
        guard sameEnd, samePieces, sameIDs else {
            throw PipelineError(
                .failed, "The tokenizer in \(files.path) is not the base's.",
                cause: "Its end of text, a token's spelling, or the ids of a regression prompt differ.")
        }
    }
}
