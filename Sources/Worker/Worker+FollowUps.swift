import Ledger

extension Worker {
    /// What `after_promote` has done or is to do, by entry and name.
    ///
    /// - Parameter retry: makes what failed due at once, for the worker to try.
    package func followUps(retry: Bool = false) throws -> [FollowUpRecord] {
        guard let ledger = try ledger() else { return [] }
        if retry { try ledger.hurryFollowUps() }
        return try ledger.followUps()
    }
}
