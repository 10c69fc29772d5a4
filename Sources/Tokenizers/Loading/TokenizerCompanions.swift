import ModelFiles

/// The files beside tokenizer.json that name and add tokens, read as transformers' `from_pretrained` does:
/// tokenizer_config.json; where that has no `added_tokens_decoder`, special_tokens_map.json over it, and
/// added_tokens.json; and of config.json what names the tokenizer's class and the token that ends a text.
struct TokenizerCompanions {
    /// A special token that a file names.
    struct NamedToken {
        let key: String
        let token: TokenText
    }

    /// tokenizer_config.json; empty where there is none.
    let settings: JSONObject
    /// The file of the settings, for messages.
    let path: String
    /// Special tokens by role, such as `eos_token`: transformers' seven in its order, then those of other names.
    let named: [NamedToken]
    /// Roles that a file says to be nobody's.
    let unnamed: Set<String>
    /// More special tokens, in order.
    let extra: [TokenText]
    /// Tokens that the files add, in the order in which they take ids.
    let added: [TokenText]
    /// What `config.json` says of the tokenizer.
    let model: ModelSettings

    /// What config.json says of the tokenizer.
    struct ModelSettings {
        var modelType: String?
        var tokenizerClass: String?
        /// Tokens after which a text ends, the one to append first.
        var ends: [Int] = []
    }

    /// Roles that transformers has for every tokenizer.
    static let roles = [
        "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
    ]

    /// - Parameter taken: ids of tokenizer.json's own added tokens, which added_tokens.json does not change.
    /// - Throws: `ModelFilesError` where a file is no JSON; `TokenizersError.malformed` for a token that is none.
    init(folder: ModelFolder, taken: Set<Int>) throws {
        path = folder.path(of: "tokenizer_config.json")
        var settings = try Self.object("tokenizer_config.json", folder) ?? JSONObject([])
        var more: JSONValue? = nil
        for key in ["additional_special_tokens", "extra_special_tokens"] {
            if let value = settings[key], !value.isNull, !value.isEmpty { more = value }
        }
        let decoder = settings["added_tokens_decoder"]
        if decoder == nil, let map = try Self.object("special_tokens_map.json", folder) {
            settings = Self.overlaid(settings, with: map)
            let mapped = map["extra_special_tokens"] ?? (more == nil ? map["additional_special_tokens"] : nil)
            if let mapped { more = Self.joined(more, mapped) }
        }
        self.settings = settings
        let path = path
        let extra = try (more?.arrayValue ?? []).map { try TokenText($0, path) }
        let (named, unnamed) = try Self.named(settings, extra: more, path)
        if let decoder {
            added = try Self.decoded(decoder, path)
        } else {
            let special = named.filter { Self.roles.contains($0.key) }.map(\.token) + extra
            added = try Self.added(folder, special: Set(special.map { ExactString($0.content) }), taken: taken)
        }
        (self.named, self.unnamed, self.extra) = (named, unnamed, extra)
        model = try Self.model(folder)
    }

    private static func object(_ name: String, _ folder: ModelFolder) throws -> JSONObject? {
        guard let json = try folder.json(name) else { return nil }
        guard let object = json.objectValue else {
            throw TokenizersError.malformed(folder.path(of: name), "does not hold a JSON object")
        }
        return object
    }

    /// The map's members in the place of those of the same keys, then the rest of them.
    private static func overlaid(_ settings: JSONObject, with map: JSONObject) -> JSONObject {
        let lists: Set = ["additional_special_tokens", "extra_special_tokens"]
        let kept = settings.members.map { key, value in
            (key: key, value: lists.contains(key) ? value : map[key] ?? value)
        }
        return JSONObject(kept + map.members.filter { settings[$0.key] == nil && !lists.contains($0.key) })
    }

    /// A list goes on, anything else takes the other's place.
    private static func joined(_ one: JSONValue?, _ other: JSONValue) -> JSONValue {
        guard let first = one?.arrayValue, let second = other.arrayValue else { return other }
        return .array(first + second)
    }

    private static func named(_ settings: JSONObject, extra: JSONValue?, _ path: String) throws -> (
        [NamedToken], Set<String>
    ) {
        var named: [NamedToken] = []
        var unnamed = Set<String>()
        func add(_ key: String, _ value: JSONValue) throws {
            named.append(NamedToken(key: key, token: try TokenText(value, path)))
        }
        for key in roles {
            guard let value = settings[key] else { continue }
            if value.isNull { unnamed.insert(key) } else { try add(key, value) }
        }
        // Names of the base's own, such as `image_token`.
        let own = settings.members.filter { key, value in
            key.hasSuffix("_token") && !roles.contains(key) && (value.stringValue != nil || isToken(value))
        }
        for (key, value) in own + (extra?.objectValue?.members ?? []) { try add(key, value) }
        return (named, unnamed)
    }

    private static func isToken(_ value: JSONValue) -> Bool { value["content"]?.stringValue != nil }

    /// `added_tokens_decoder`: by id, of which only the order counts.
    private static func decoded(_ decoder: JSONValue, _ path: String) throws -> [TokenText] {
        guard let members = decoder.objectValue?.members else {
            throw TokenizersError.malformed(path, "has \(decoder.kind) as its added_tokens_decoder, not an object")
        }
        let tokens = try members.map { key, value in
            guard let id = Int(key), id >= 0 else {
                throw TokenizersError.malformed(path, "has the id \(key.debugDescription) in its added_tokens_decoder")
            }
            return (id: id, token: try TokenText(value, path))
        }
        return tokens.sorted { $0.id < $1.id }.map(\.token)
    }

    /// added_tokens.json of transformers before 4.34: texts with their ids, of which only the order counts.
    private static func added(
        _ folder: ModelFolder, special: Set<ExactString>, taken: Set<Int>
    ) throws -> [TokenText] {
        let path = folder.path(of: "added_tokens.json")
        let tokens = try (object("added_tokens.json", folder)?.members ?? []).map { content, id in
            guard let id = id.intValue, id >= 0 else {
                throw TokenizersError.malformed(path, "has a token whose id is no integer")
            }
            let isSpecial = special.contains(ExactString(content))
            return (id: id, token: TokenText(content: content, normalized: !isSpecial, special: isSpecial))
        }
        return tokens.filter { !taken.contains($0.id) }.sorted { $0.id < $1.id }.map(\.token)
    }

    private static func model(_ folder: ModelFolder) throws -> ModelSettings {
        guard let json = try folder.json("config.json") else { return ModelSettings() }
        let fields = try ConfigurationFields(path: folder.path(of: "config.json"), json: json)
        return ModelSettings(
            modelType: fields.value("model_type")?.stringValue,
            tokenizerClass: fields.value("tokenizer_class")?.stringValue, ends: try fields.ints("eos_token_id"))
    }
}

extension JSONValue {
    fileprivate var isEmpty: Bool { arrayValue?.isEmpty ?? objectValue?.members.isEmpty ?? false }
}
