import Foundation
import ModelFiles

/// A folder's tokenizer as transformers' `AutoTokenizer` makes it of tokenizer.json and the files beside it.
struct TokenizerFolder {
    private(set) var definition: TokenizerDefinition
    let roles: TokenizerRoles

    /// - Throws: `TokenizersError.missing` without tokenizer.json; as `TokenizerJSON.load` and `TokenizerCompanions`.
    init(_ folder: ModelFolder) throws {
        var definition = try TokenizerJSON.load(folder: folder)
        let companions = try TokenizerCompanions(folder: folder, taken: Set(definition.addedTokens.map(\.id)))
        let own = TokenizerClass.resolve(
            named: try Self.className(companions),
            family: companions.model.modelType.flatMap { folder.families.find($0)?.tokenizer },
            isByteLevel: definition.preTokenizer.isByteLevel)
        try own?.apply(companions.settings, path: companions.path, to: &definition)
        let defaults = Self.defaults(own, companions)
        definition.add(Self.tokens(companions, defaults: defaults, known: definition))
        roles = TokenizerRoles(companions, defaults: defaults, definition)
        definition.bosTokenID = roles.bos
        definition.eosTokenID = roles.eos
        definition.specialTokens = Self.names(companions, defaults: defaults, definition)
        self.definition = definition
    }

    private static func className(_ companions: TokenizerCompanions) throws -> String? {
        let part = Component(value: .object(companions.settings), role: "tokenizer", source: companions.path)
        return try part.optionalString("tokenizer_class") ?? companions.model.tokenizerClass
    }

    /// What the class has in roles that no file speaks of.
    private static func defaults(_ own: TokenizerClass?, _ companions: TokenizerCompanions) -> [String: String] {
        let spoken = companions.unnamed.union(companions.named.map(\.key))
        return (own?.tokens ?? [:]).filter { !spoken.contains($0.key) }
    }

    /// As transformers' `special_tokens_map` has them: those that files name, then the class's.
    private static func names(
        _ companions: TokenizerCompanions, defaults: [String: String], _ definition: TokenizerDefinition
    ) -> [NamedToken] {
        var names = companions.named.map { NamedToken(name: $0.key, text: $0.token.content) }
        let inherited = TokenizerCompanions.roles.compactMap { key in defaults[key].map { (key, $0) } }
        let present = definition.ids(of: inherited.map(\.1))
        for (key, text) in inherited where present[ExactString(text)] != nil {
            names.append(NamedToken(name: key, text: text))
        }
        var seen = Set<String>()
        return names.filter { seen.insert($0.name).inserted }
    }

    /// What is to be found in text: what the files add, then special tokens that nothing adds yet. A class's default
    /// counts where the vocabulary has it.
    private static func tokens(
        _ companions: TokenizerCompanions, defaults: [String: String], known definition: TokenizerDefinition
    ) -> [TokenText] {
        let inherited = TokenizerCompanions.roles.compactMap { defaults[$0] }
        let present = definition.ids(of: inherited)
        let special = Set((companions.named.map(\.token.content) + inherited).map(ExactString.init))
        var tokens = companions.added.map { token in
            var token = token
            token.special = token.special || special.contains(ExactString(token.content))
            return token
        }
        var found = Set((definition.addedTokens.map(\.content) + tokens.map(\.content)).map(ExactString.init))
        let named = companions.named.map { named in
            var token = named.token
            token.special = true
            return token
        }
        let defaulted = inherited.filter { present[ExactString($0)] != nil }.map { TokenText(content: $0) }
        for token in named + defaulted + companions.extra where found.insert(ExactString(token.content)).inserted {
            tokens.append(token)
        }
        return tokens
    }
}

/// Which tokens begin, end, pad and stand for what is unknown in texts.
struct TokenizerRoles {
    let bos: Int?
    /// The token that files and class name, else the first that config.json ends a text with.
    let eos: Int?
    let unknown: Int?
    let padding: Int?
    /// Whether tokenizer_config.json asks for the first token before each text, and the end token after it.
    let addsBeginning: Bool
    let addsEnd: Bool

    /// - Parameter definition: with all tokens added.
    init(_ companions: TokenizerCompanions, defaults: [String: String], _ definition: TokenizerDefinition) {
        let keys = ["bos_token", "eos_token", "unk_token", "pad_token"]
        let contents = keys.map { key in
            companions.named.first { $0.key == key }?.token.content ?? defaults[key]
        }
        let known = definition.ids(of: contents.compactMap { $0 })
        let ids = contents.map { $0.flatMap { known[ExactString($0)] } }
        (bos, unknown, padding) = (ids[0], ids[2], ids[3])
        eos = ids[1] ?? companions.model.ends.first
        addsBeginning = companions.settings["add_bos_token"]?.boolValue ?? false
        addsEnd = companions.settings["add_eos_token"]?.boolValue ?? false
    }
}

extension TokenizerDefinition {
    /// The ids of those texts that are tokens.
    func ids(of contents: [String]) -> [ExactString: Int] {
        var wanted = Set(contents.map(ExactString.init))
        var ids: [ExactString: Int] = [:]
        for token in addedTokens where wanted.remove(ExactString(token.content)) != nil {
            ids[ExactString(token.content)] = token.id
        }
        guard !wanted.isEmpty else { return ids }
        for (piece, id) in vocabulary where wanted.contains(ExactString(piece)) { ids[ExactString(piece)] = id }
        return ids
    }

    /// Adds tokens as the tokenizers library does: one that is there keeps its id and takes the new flags, another takes
    /// the next id after all there are.
    mutating func add(_ tokens: [TokenText]) {
        guard !tokens.isEmpty else { return }
        var ids = ids(of: tokens.map(\.content))
        var places: [ExactString: Int] = [:]
        for (place, token) in addedTokens.enumerated() where places[ExactString(token.content)] == nil {
            places[ExactString(token.content)] = place
        }
        var largest = addedTokens.map(\.id).max() ?? -1
        for token in tokens where !token.content.isEmpty {
            let content = ExactString(token.content)
            let id = ids[content] ?? max(largest + 1, vocabulary.count)
            ids[content] = id
            largest = max(largest, id)
            if let place = places[content] {
                addedTokens[place] = token.numbered(id)
            } else {
                places[content] = addedTokens.count
                addedTokens.append(token.numbered(id))
            }
        }
    }
}
