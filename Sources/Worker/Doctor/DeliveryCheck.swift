import Foundation
import Ledger
import Manifests
import OperatingSystem
import Pipeline

/// What the ledger says of the queue and of webhooks' deliveries.
struct DeliveryCheck {
    let hooks: [HookConfiguration]
    /// Seconds for which a message may wait before it is worth a word.
    private static let patience = 3_600.0

    func findings(_ queue: LedgerInspection.Queue, now: Date) -> [Finding] {
        [self.queue(queue)] + deliveries(queue, now: now)
    }

    private func queue(_ queue: LedgerInspection.Queue) -> Finding {
        guard let paused = queue.pausedSince else { return Finding("queue", "\(queue.waiting) jobs wait") }
        return Finding(
            "queue", "paused since \(Timestamp.text(paused)); \(queue.waiting) jobs wait", .warning,
            advice: "`lorad resume` starts jobs again.")
    }

    private func deliveries(_ queue: LedgerInspection.Queue, now: Date) -> [Finding] {
        var findings = queue.disabledHooks.map { hook, reason in
            Finding(
                "hook_disabled \(hook)", "the hook is disabled: \(reason)", .problem,
                advice: "Give it another URL, then `lorad webhooks enable \(hook)`.")
        }
        let known = Set(hooks.map(\.name))
        for (hook, count, oldest) in queue.pending {
            if !known.contains(hook) {
                findings.append(
                    Finding(
                        "deliveries \(hook)", "\(count) wait for a hook that lorad.yaml does not have", .warning,
                        advice: "The worker gives them up at its next start or SIGHUP, unless the hook is back by then."
                    ))
            } else if now.timeIntervalSince(oldest) > Self.patience {
                findings.append(
                    Finding(
                        "deliveries \(hook)", "\(count) wait, the oldest since \(Timestamp.text(oldest))", .warning,
                        advice: "`lorad webhooks list --hook \(hook) --state pending` says why; "
                            + "`lorad webhooks test \(hook)` tries it now."))
            }
        }
        return findings.isEmpty ? [Finding("deliveries", "none waits for long, no hook is disabled")] : findings
    }
}
