import Ledger
import Manifests
import Webhooks
import Worker

/// A ledger in a folder of its own, made anew every time, and hooks of some kinds that are named after them.
final class LedgerFolder {
    let scratch: ScratchFolder
    let announcer: Announcer
    private var count = 0

    init(kinds: [HookKind]) throws {
        scratch = try ScratchFolder()
        announcer = Announcer(
            hooks: kinds.map { Hook(name: $0.rawValue, kind: $0, url: .environment("LORAD_FUZZ_URL")) })
    }

    /// An empty ledger; the one before is removed.
    func ledger() throws -> Ledger {
        let path = scratch.path
        try scratch.removeFiles { $0.hasPrefix("ledger-") }
        count += 1
        return try Ledger(path: "\(path)/ledger-\(count)") { path + "/" + $0 + ".log" }
    }
}
