extension BaseModelFiles {
    /// Every token that the base's files end a text with, without repetition: those of config.json, then those of
    /// generation_config.json, one or several in each; of a GGUF its `eos`, `eot` and `eom`.
    ///
    /// What training appends is the tokenizer's to say, and may be none of these.
    ///
    /// - Throws: `ModelFilesError.malformed` where generation_config.json is no JSON object, or its `eos_token_id`
    ///   neither an integer nor a list of them.
    package func endTokenIDs() throws -> [Int] {
        let name = "generation_config.json"
        guard gguf == nil, let json = try folder.json(name) else { return configuration.eosTokenIDs }
        let fields = try ConfigurationFields(path: folder.path(of: name), json: json)
        return (configuration.eosTokenIDs + (try fields.ints("eos_token_id"))).withoutRepetition
    }

    /// As runs had it whose tokenizer is pinned by version 1 of its hash: config.json's alone, and no `eom` of a GGUF.
    package var endTokenIDsVersion1: [Int] {
        guard let gguf else { return configuration.eosTokenIDs }
        let ids = ["eos", "eot"].compactMap { gguf.metadata["tokenizer.ggml.\($0)_token_id"]?.intValue }
        return ids.withoutRepetition
    }
}

extension [Int] {
    /// The first of each.
    var withoutRepetition: [Int] {
        var seen = Set<Int>()
        return filter { seen.insert($0).inserted }
    }
}
