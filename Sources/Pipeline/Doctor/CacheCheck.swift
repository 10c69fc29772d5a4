import ModelFiles

/// The cache of hashes that spares a nightly job reading its base.
package enum CacheCheck {
    /// What stands at the cache's path.
    package static func finding(_ path: String) -> Finding {
        switch HashCache(file: path).state {
        case .absent: Finding("hash_cache", "\(path) is not there yet; the first job makes it")
        case .entries(let count): Finding("hash_cache", "\(path), \(count) files")
        case .otherVersion:
            Finding("hash_cache", "\(path) is of another version of lorad and is not read; the next job writes it anew")
        case .damaged:
            Finding(
                "hash_cache", "\(path) cannot be read", .warning,
                advice: "Delete it; until it is written anew every job reads its whole base.")
        }
    }
}
