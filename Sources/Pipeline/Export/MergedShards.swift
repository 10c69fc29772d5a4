import ModelFiles

/// Merged tensors divided among files as the base's are.
struct MergedShards {
    /// By the names of the files.
    let files: [(name: String, tensors: [SafetensorsWriter.Typed])]
    /// What `model.safetensors.index.json` says; nil where one file holds all.
    let index: JSONValue?

    /// - Parameter base: whose division is followed; nil for one file.
    init(_ tensors: [SafetensorsWriter.Typed], of base: BaseModelFiles?) {
        let homes = tensors.map { base?.shard(of: $0.entry.name) }
        guard let last = homes.compactMap({ $0 }).max() else {
            files = [(ShardedSafetensors.singleName, tensors)]
            index = nil
            return
        }
        // What has no place in the base's files goes to the last of them.
        let placed = zip(tensors, homes).map { (file: $1 ?? last, tensor: $0) }
        let groups = Dictionary(grouping: placed, by: \.file)
        files = groups.keys.sorted().map { name in (name, groups[name, default: []].map(\.tensor)) }
        let bytes = tensors.reduce(0) { $0 + $1.entry.shape.reduce(1, *) * $1.dtype.blockBytes }
        let map = placed.map { ($0.tensor.entry.name, $0.file) }.sorted { $0.0 < $1.0 }
        index = .object(
            JSONObject([
                ("metadata", .object(JSONObject([("total_size", .integer(bytes))]))),
                ("weight_map", .object(JSONObject(map.map { ($0, .string($1)) }))),
            ]))
    }
}
