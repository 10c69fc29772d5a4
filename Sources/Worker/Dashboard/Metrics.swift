import Common
import Foundation
import Ledger
import OperatingSystem
import Pipeline
import Views

/// `/metrics`: what the ledger, the running jobs' progress files and the process have to say, asked anew each time.
///
/// The counters come from the ledger, so they live on over restarts.
package struct Metrics: Sendable {
    private typealias Sample = PrometheusText.Sample

    private let ledger: Ledger
    private let folders: WorkerFolders
    private let pulse: Pulse

    package init(ledger: Ledger, folders: WorkerFolders, pulse: Pulse) {
        self.ledger = ledger
        self.folders = folders
        self.pulse = pulse
    }

    /// Throws where the ledger cannot be read.
    package func text(now: Date = Date()) throws -> String {
        let figures = try ledger.figures()
        var text = PrometheusText()
        text.add("lorad_build_info", .gauge, "The version, as a label.", [Sample(1, ["version": LoradVersion.current])])
        addJobs(figures, now: now, to: &text)
        addHooks(figures, now: now, to: &text)
        addExports(figures, now: now, to: &text)
        text.add(
            "lorad_scheduled_runs_total", .counter,
            "Times at which an entry of schedule came due, by what became of them.",
            ScheduledRun.State.allCases.map { Sample(Double(figures.scheduledRuns[$0] ?? 0), ["result": $0.rawValue]) })
        text.add(
            "lorad_watch_loop_age_seconds", .gauge, "Seconds since the watch loop last turned.", pulse.age)
        addDisks(to: &text)
        addProcess(to: &text)
        return text.text
    }

    private func addJobs(_ figures: LedgerFigures, now: Date, to text: inout PrometheusText) {
        func age(_ date: Date?) -> Double { date.map { max(0, now.timeIntervalSince($0)) } ?? 0 }
        text.add("lorad_queue_depth", .gauge, "Jobs that wait.", Double(figures.jobs[.queued] ?? 0))
        text.add(
            "lorad_queue_oldest_age_seconds", .gauge, "Age of the job that waits longest; 0 where none waits.",
            age(figures.oldestQueued))
        text.add("lorad_jobs_running", .gauge, "Jobs that run.", Double(figures.running.count))
        text.add(
            "lorad_running_oldest_age_seconds", .gauge,
            "Time since the start of the job that runs longest; 0 without one.",
            age(figures.oldestRunning))
        text.add(
            "lorad_jobs", .gauge, "Jobs in the ledger, by state.",
            JobState.allCases.map { Sample(Double(figures.jobs[$0] ?? 0), ["state": $0.rawValue]) })
        text.add(
            "lorad_job_retries_total", .counter, "Starts of jobs after their first, resumed ones included.",
            Double(figures.retries))
        text.add(
            "lorad_job_rescues_total", .counter, "Starts of jobs that ended in the death of worker or job.",
            Double(figures.rescues))
        let rates = figures.running.compactMap { job in
            JobProgress.read(folders.progress(job.id))?.tokensPerSecond.map { (job, $0) }
        }
        text.add(
            "lorad_training_tokens_per_second", .gauge, "Tokens that a running job trains on a second.",
            rates.map { Sample($0.1, ["job": $0.0.id, "name": $0.0.name]) })
    }

    private func addHooks(_ figures: LedgerFigures, now: Date, to text: inout PrometheusText) {
        text.add(
            "lorad_webhook_deliveries", .gauge, "Webhook deliveries in the ledger, by state.",
            figures.hooks.flatMap { hook in
                [("pending", hook.pending), ("delivered", hook.delivered), ("abandoned", hook.abandoned)].map {
                    Sample(Double($0.1), ["hook": hook.name, "state": $0.0])
                }
            })
        text.add(
            "lorad_webhook_failures_total", .counter, "Attempts at a delivery that were not answered with 2xx.",
            figures.hooks.map { Sample(Double($0.failures), ["hook": $0.name]) })
        text.add(
            "lorad_webhook_oldest_pending_age_seconds", .gauge,
            "Age of the oldest delivery still to be made; 0 without one.",
            figures.hooks.map { hook in
                Sample(hook.oldestPending.map { max(0, now.timeIntervalSince($0)) } ?? 0, ["hook": hook.name])
            })
        text.add(
            "lorad_webhook_disabled", .gauge, "1 for a hook that is disabled since it answered 410.",
            figures.hooks.map { Sample(figures.disabledHooks.contains($0.name) ? 1 : 0, ["hook": $0.name]) })
    }

    private func addExports(_ figures: LedgerFigures, now: Date, to text: inout PrometheusText) {
        text.add(
            "lorad_exports", .gauge, "Exports that after_promote asks for, by entry and state.",
            figures.exports.flatMap { entry in
                [("pending", entry.pending), ("done", entry.done)].map {
                    Sample(Double($0.1), ["entry": entry.entry, "state": $0.0])
                }
            })
        text.add(
            "lorad_export_failures", .gauge,
            "Failed attempts at the export of an entry that failed most often, among those still to be made.",
            figures.exports.map { Sample(Double($0.failures), ["entry": $0.entry]) })
        text.add(
            "lorad_export_oldest_pending_age_seconds", .gauge,
            "Time since the alias moved whose export is still to be made; 0 without one.",
            figures.exports.map { entry in
                Sample(
                    entry.oldestPending.map { max(0, now.timeIntervalSince($0)) } ?? 0, ["entry": entry.entry])
            })
    }

    private func addDisks(to text: inout PrometheusText) {
        let free = [("inbox", folders.inbox), ("outbox", folders.outbox), ("state", folders.state)].compactMap {
            name, path in
            let attributes = try? FileManager.default.attributesOfFileSystem(forPath: path)
            return (attributes?[.systemFreeSize] as? Int).map { (name, Double($0)) }
        }
        text.add(
            "lorad_disk_free_bytes", .gauge, "Free space under the worker's folders.",
            free.map { Sample($0.1, ["folder": $0.0]) })
    }

    /// The names are those that client libraries of Prometheus give, proc(5).
    private func addProcess(to text: inout PrometheusText) {
        let fields = KernelText.read("/proc/self/statm")?.split(separator: " ") ?? []
        if fields.count > 1, let pages = Double(fields[1]) {
            text.add(
                "process_resident_memory_bytes", .gauge, "Memory of the worker's process.",
                pages * Double(sysconf(Int32(_SC_PAGESIZE))))
        }
        text.add(
            "process_open_fds", .gauge, "File descriptors of the worker's process.", Double(Self.openDescriptors()))
    }

    /// The kernel lists them to root alone, as this process hides what it knows (`Secrecy`); so each number is asked for.
    static func openDescriptors() -> Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        // A worker has some thirty; beyond this a scrape would cost more than it tells.
        let asked = Int32(min(limit.rlim_cur, 65_536))
        return (0..<asked).count { fcntl($0, F_GETFD) >= 0 }
    }
}
