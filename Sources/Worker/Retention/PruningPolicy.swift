import Manifests

/// By what `lorad registry prune` removes runs.
package struct PruningPolicy: Sendable, Equatable {
    /// Succeeded runs of a name that stay, the latest; nil: no matter how many.
    package var keep: Int?
    /// Days for which each stays; nil: no matter how old.
    package var olderThan: Int?

    package init(keep: Int? = nil, olderThan: Int? = nil) { (self.keep, self.olderThan) = (keep, olderThan) }

    /// As retention reads it: what is not said here does not hold anything, and failed runs are left alone. Without
    /// anything said lorad.yaml's own policy holds.
    func retention(_ configured: RetentionConfiguration) -> RetentionConfiguration {
        guard keep != nil || olderThan != nil else { return configured }
        var policy = configured
        policy.keepRuns = keep ?? 0
        policy.keepDays = olderThan ?? 0
        policy.keepFailedDays = nil
        return policy
    }
}
