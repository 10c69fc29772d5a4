import ModelFiles

/// Bases of the families that lorad knows.
extension BaseModelFiles {
    /// - Parameter rule: which files may be read.
    /// - Throws: as `init(path:rule:families:)`.
    package convenience init(path: String, rule: ReadingRule = .anything) throws {
        try self.init(path: path, rule: rule, families: ModelFamilies.files)
    }
}

extension ModelFolder {
    /// - Parameter rule: which files may be read.
    package convenience init(_ path: String, rule: ReadingRule = .anything) {
        self.init(path, rule: rule, families: ModelFamilies.files)
    }
}

extension ModelConfiguration {
    /// Reads `config.json` of a Hugging Face folder.
    ///
    /// - Throws: as `load(folder:)` of an opened folder.
    package static func load(folder path: String) throws -> ModelConfiguration { try load(folder: ModelFolder(path)) }

    /// Reads the metadata of a GGUF file.
    ///
    /// - Throws: as `init(gguf:families:)`.
    package init(gguf: GGUFFile) throws { try self.init(gguf: gguf, families: ModelFamilies.files) }
}

extension ContentHash {
    /// The hash of the base at `path`.
    ///
    /// - Throws: as opening it, and as `ofBase` of an opened base.
    package static func ofBase(_ path: String, cache: HashCache? = nil) throws -> BaseHash {
        try ofBase(BaseModelFiles(path: path), cache: cache)
    }
}
