import Synchronization

/// Keeps a trouble that lasts from filling the log: each is told once, until another one or none is told.
final class RepeatedTrouble: Sendable {
    private let last = Mutex<String?>(nil)

    /// True where this was not the last one told.
    func isNew(_ text: String) -> Bool {
        last.withLock { last in
            defer { last = text }
            return last != text
        }
    }

    /// What was wrong is over: the next trouble is told, the same one too.
    func clear() { last.withLock { $0 = nil } }
}
