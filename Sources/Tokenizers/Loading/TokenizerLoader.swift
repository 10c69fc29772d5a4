import Foundation
import ModelFiles

/// Loads the tokenizer that belongs to a base.
package enum TokenizerLoader {
    /// - Parameters:
    ///   - base: a Hugging Face folder with tokenizer.json, or a .gguf that carries its vocabulary.
    ///   - reading: how a folder's files are read.
    /// - Throws: `ModelFilesError` where files are missing or damaged, `TokenizersError.unsupported` or `.malformed`.
    package static func load(_ base: BaseModelFiles, reading: TokenizerReading = .current) throws -> any Tokenizer {
        guard let gguf = base.gguf else { return try load(base.folder, reading: reading) }
        return try load(gguf, path: base.path)
    }

    /// The tokenizer of a folder or a .gguf, which needs no weights beside it.
    ///
    /// - Parameter families: those that the base may be of.
    /// - Throws: `ModelFilesError.missing` where there is nothing at `path`; as `load(_:)`.
    package static func load(path: String, families: KnownFamilies) throws -> any Tokenizer {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw ModelFilesError(
                .missing, "There is no base at \(path).", advice: "Name a Hugging Face folder or a .gguf file.")
        }
        return try isFolder.boolValue
            ? load(ModelFolder(path, families: families)) : load(GGUFFile(path: path), path: path)
    }

    /// The tokenizer that a GGUF carries, which needs no weights beside it.
    ///
    /// - Parameter path: what errors call the file.
    /// - Throws: as `load(_:)`.
    package static func load(_ gguf: GGUFFile, path: String) throws -> any Tokenizer {
        try TextTokenizer(TokenizerGGUF.load(gguf, path: path))
    }

    /// The tokenizer of a folder with a tokenizer.json, which needs no weights beside it.
    ///
    /// - Throws: as `load(_:)`.
    package static func load(_ folder: ModelFolder, reading: TokenizerReading = .current) throws -> any Tokenizer {
        switch reading {
        case .current: try TextTokenizer(TokenizerFolder(folder).definition)
        case .version1: try TextTokenizer(TokenizerJSON.loadVersion1(folder: folder))
        }
    }

    /// Whether lorad reads the files of one of transformers' tokenizer classes as that class does.
    package static func knows(tokenizerClass: String) -> Bool { TokenizerClass.knows(tokenizerClass) }
}
