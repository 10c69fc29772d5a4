extension BaseModelFiles {
    /// The file that holds a tensor, where the base is a folder whose index spreads its tensors over several; nil where
    /// one file holds all.
    package func shard(of huggingFaceName: String) -> String? {
        guard let files = source as? ShardedSafetensors, files.isSharded else { return nil }
        return stored[huggingFaceName].flatMap { files.fileName(of: $0.info.name) }
    }

    /// The type that most of the matrices' elements are stored in.
    package var dominantType: FileDType {
        var elements: [FileDType: Int] = [:]
        for tensor in stored.values where tensor.info.shape.count > 1 {
            elements[tensor.info.dtype, default: 0] += tensor.info.elementCount
        }
        return elements.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key ?? .f32
    }
}
