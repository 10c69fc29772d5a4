extension BaseModelFiles {
    /// Whether embedding and vocabulary head are the same weights, as transformers decides it: where the configuration
    /// says so and the folder holds one of them, or both alike. Of two that differ each is used, whatever the
    /// configuration says.
    ///
    /// Afterwards `stored` holds the head only where it has weights of its own, under the family's name for it, and the
    /// embedding wherever it was stored.
    ///
    /// - Throws: as reading the files.
    static func tiesVocabulary(
        _ stored: inout [String: StoredTensor], _ configuration: ModelConfiguration, in files: ShardedSafetensors
    ) throws -> Bool {
        guard let vocabulary = configuration.family.keys.vocabulary else {
            return configuration.tieWordEmbeddings
        }
        let head = vocabulary.head + ".weight"
        // transformers 5 calls every family's head so.
        if stored[head] == nil { stored[head] = stored.removeValue(forKey: "lm_head.weight") }
        guard configuration.tieWordEmbeddings, let own = stored[head] else { return configuration.tieWordEmbeddings }
        let name = vocabulary.embedding + ".weight"
        let prefix = name.prefix { $0 != "." } + "."
        // What was saved without a head has no prefix.
        let shortName = String(name.dropFirst(prefix.count))
        guard let embedding = stored[name] ?? stored[shortName] else {
            stored[stored.keys.contains { $0.hasPrefix(prefix) } ? name : shortName] = own
            stored[head] = nil
            return true
        }
        guard try files.holdsEqual(own.info, embedding.info) else { return false }
        stored[head] = nil
        return true
    }
}
