import ModelFiles

extension TokenizerClass {
    /// Does what the class's settings say, in the place of what tokenizer.json has.
    ///
    /// - Parameters:
    ///   - settings: tokenizer_config.json.
    ///   - path: its file, for messages.
    /// - Throws: `TokenizersError.malformed` for a setting that is neither true nor false.
    func apply(_ settings: JSONObject, path: String, to definition: inout TokenizerDefinition) throws {
        let part = Component(value: .object(settings), role: "tokenizer", source: path)
        switch kind {
        case .plain: break
        case .bert:
            let lowercases = try part.bool("do_lower_case", default: true)
            let normalizer = BertNormalizer(
                separatesChinese: try part.bool("tokenize_chinese_chars", default: true),
                stripsAccents: try part.optionalBool("strip_accents") ?? lowercases, lowercases: lowercases)
            definition.normalizer = definition.normalizer.replacingBert(normalizer)
        case .byteLevel:
            let prefixSpace = try part.bool("add_prefix_space", default: false)
            definition.preTokenizer = definition.preTokenizer.settingPrefixSpace(prefixSpace)
        case .llama:
            let prefixed = try part.bool("add_prefix_space", default: true)
            let isLegacy = try part.bool("legacy", default: false)
            Self.applyLlama(prefixed ? isLegacy ? .always : .first : .never, to: &definition)
        case .metaspace(let otherwise):
            if try part.bool("do_lower_case", default: false), !definition.normalizer.lowercases {
                definition.normalizer = .sequence([.lowercase, definition.normalizer])
            }
            if let prefixed = try part.optionalBool("add_prefix_space") {
                definition.preTokenizer = definition.preTokenizer.setting(prefixed ? .always : otherwise)
            }
        }
    }

    /// The class's own parts, in which it differs from files that do the same by a normaliser.
    private static func applyLlama(_ scheme: Metaspace.PrependScheme, to definition: inout TokenizerDefinition) {
        guard !definition.preTokenizer.isByteLevel else { return }
        definition.normalizer = .none
        definition.preTokenizer = .metaspace(Metaspace(prepends: scheme, splits: false))
        let text: [Decoder] = [.replace(.literal(Metaspace.sign), with: [0x20]), .byteFallback, .fuse]
        definition.decoder = .sequence(scheme == .never ? text : text + [.strip([0x20], start: 1, stop: 0)])
    }
}

extension Normalizer {
    fileprivate func replacingBert(_ normalizer: BertNormalizer) -> Normalizer {
        switch self {
        case .bert: .bert(normalizer)
        case .sequence(let steps): .sequence(steps.map { $0.replacingBert(normalizer) })
        default: self
        }
    }

    fileprivate var lowercases: Bool {
        switch self {
        case .lowercase: true
        case .bert(let normalizer): normalizer.lowercases
        case .sequence(let steps): steps.contains(where: \.lowercases)
        default: false
        }
    }
}

extension PreTokenizer {
    fileprivate func settingPrefixSpace(_ prefixSpace: Bool) -> PreTokenizer {
        switch self {
        case .byteLevel(_, let splits): .byteLevel(prefixSpace: prefixSpace, splits: splits)
        case .sequence(let steps): .sequence(steps.map { $0.settingPrefixSpace(prefixSpace) })
        default: self
        }
    }

    fileprivate func setting(_ scheme: Metaspace.PrependScheme) -> PreTokenizer {
        switch self {
        case .metaspace(var metaspace):
            metaspace.prepends = scheme
            return .metaspace(metaspace)
        case .sequence(let steps): return .sequence(steps.map { $0.setting(scheme) })
        default: return self
        }
    }
}
