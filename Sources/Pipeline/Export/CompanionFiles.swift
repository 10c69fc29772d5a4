import Foundation
import ModelFiles

/// Files that a model's folder holds beside its weights and config.json, and that a merged model needs to tokenize, chat
/// and stop as its base does, under the same terms.
enum CompanionFiles {
    private static let known: Set<String> = [
        "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
        "added_tokens.json", "vocab.json", "merges.txt", "vocab.txt", "tokenizer.model", "spiece.model",
        "sentencepiece.bpe.model", "spm.model", "bpe.codes", "chat_template.jinja", "chat_template.json",
    ]
    private static let templatesFolder = "additional_chat_templates"
    /// LICENSE, LICENSE.txt, LICENSE-MODEL, NOTICE.md and the like.
    private static let terms = ["LICENSE", "LICENCE", "NOTICE", "COPYING", "USE_POLICY"]

    /// Those that a folder holds, as paths relative to it, sorted.
    ///
    /// - Throws: where the folder cannot be listed.
    static func names(in folder: ModelFolder) throws -> [String] {
        let own = try folder.names().filter { name in
            known.contains(name) || terms.contains { name.uppercased().hasPrefix($0) }
        }
        let more = try folder.names(in: templatesFolder).filter { $0.hasSuffix(".jinja") }
        return (own + more.map { "\(templatesFolder)/\($0)" }).filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: folder.path(of: name), isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }
}
