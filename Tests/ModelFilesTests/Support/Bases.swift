import ModelFiles

extension ShardedSafetensors {
    /// The weights of a folder of whatever family.
    convenience init(folder path: String) throws {
        try self.init(folder: ModelFolder(path, families: KnownFamilies([])))
    }
}
