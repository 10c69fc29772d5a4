import Foundation
import ModelFiles

extension TokenizerJSON {
    /// Which of the added tokens begin, end and pad texts: names in tokenizer_config.json. Without the file, none.
    struct Roles {
        private(set) var bos: Int?
        private(set) var eos: Int?
        private(set) var unknown: Int?
        private(set) var padding: Int?
        /// Whether transformers puts the first token before each text, and the end token after it.
        private(set) var addsBeginning = false
        private(set) var addsEnd = false

        init(folder: String, addedTokens: [AddedToken]) throws {
            let path = folder + "/tokenizer_config.json"
            guard FileManager.default.fileExists(atPath: path) else { return }
            let config = try JSONReader.parse(file: path)
            func id(_ key: String) -> Int? {
                let content = config[key]?.stringValue ?? config[key]?["content"]?.stringValue
                return addedTokens.first { $0.content == content }?.id
            }
            bos = id("bos_token")
            eos = id("eos_token")
            unknown = id("unk_token")
            padding = id("pad_token")
            addsBeginning = config["add_bos_token"]?.boolValue ?? false
            addsEnd = config["add_eos_token"]?.boolValue ?? false
        }
    }
}
