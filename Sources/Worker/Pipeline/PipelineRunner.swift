import Common
import Foundation
import Manifests
import ModelFiles
import Pipeline

/// Judges manifests and runs jobs through the pipeline, in the process that calls it.
package struct PipelineRunner: Sendable {
    private let configuration: WorkerConfiguration
    private let confinement: ConfinementProvenance?

    /// - Parameter confinement: of the process that the pipeline runs in, for the runs that it publishes.
    package init(_ configuration: WorkerConfiguration, confinement: ConfinementProvenance? = nil) {
        self.configuration = configuration
        self.confinement = confinement
    }

    /// Parses and checks a manifest; `path` is the name that diagnostics carry, `rule` that of its file's owner.
    package func inspect(manifestText: String, path: String, rule: OwnerRule? = nil) -> ManifestVerdict {
        do {
            let document = try Self.document(manifestText, path: path, configuration)
            let manifest = document.manifest
            if let limit = rule?.priority, manifest.priority > limit {
                let place = document.position(of: "priority")
                let message =
                    "priority is \(manifest.priority); the rule for its owner in lorad.yaml allows at most \(limit)"
                throw ManifestsError(
                    mistakesIn: path,
                    [Diagnostic(file: place.file, line: place.line, column: place.column, message: message)])
            }
            return .accepted(
                name: manifest.name, notify: manifest.notify ?? configuration.notifyDefault,
                priority: manifest.priority, inputs: manifest.inputs)
        } catch {
            return .rejected(diagnostics: Self.lines(error))
        }
    }

    package func run(_ request: JobRequest, control: JobControl, events: any JobEvents) -> JobOutcome {
        run(request, control: control, events: events, shouldStop: { false })
    }

    /// The same, where something beside `control` may ask to stop.
    func run(
        _ request: JobRequest, control: JobControl, events: any JobEvents, shouldStop: @escaping () -> Bool
    ) -> JobOutcome {
        do {
            let document = try Self.document(of: request, configuration)
            let environment = JobEnvironment(
                outbox: configuration.outbox, workFolder: request.workFolder,
                hashCache: HashCache(
                    file: configuration.hashCache, additions: request.hashAdditions, onRead: { _ in events.moved() }),
                policy: configuration.pathPolicy(), attempt: request.attempt, confinement: confinement,
                shouldStop: { control.shouldStop || shouldStop() }, events: EventBridge(events: events),
                limits: JobLimits(configuration.limits, rule: request.rule), journal: request.journal, note: Self.note
            ) {
                guard events.mayPublish() else {
                    throw PipelineError(.interrupted, "The attempt may not publish: the job is no longer its own.")
                }
            }
            let result = try JobPipeline(document, environment: environment).run()
            let summary = JobSummary(result.report)
            return result.status == .succeeded
                ? .succeeded(runFolder: result.runFolder, summary: summary)
                : .failed(
                    reason: Self.reason(result.report), runFolder: result.runFolder, summary: summary)
        } catch let error as PipelineError where error.code == .rejected {
            return .rejected(diagnostics: Self.lines(error))
        } catch let error as PipelineError where error.code == .interrupted {
            return .interrupted
        } catch let error as ManifestsError {
            return .rejected(diagnostics: Self.lines(error))
        } catch {
            let reason = Self.lines(error).joined(separator: " ")
            return Transience.isTransient(error)
                ? .faulted(reason: reason) : .failed(reason: reason, runFolder: nil, summary: nil)
        }
    }

    /// A job's manifest as admitted.
    ///
    /// - Throws: as `document(_:path:_:knowsHooks:)`.
    static func document(of request: JobRequest, _ configuration: WorkerConfiguration) throws -> ManifestDocument {
        // By the name its sender knows: where it lies while it runs is nobody's business, and soon untrue.
        let file = URL(fileURLWithPath: request.manifestPath).lastPathComponent
        // Which hooks there are was asked when it was admitted; one that is gone since is no reason not to train.
        return try document(request.manifestText, path: file, configuration, knowsHooks: false)
    }

    /// Reads a manifest's file and checks everything that can be checked without work.
    ///
    /// - Throws: `ManifestsError`, for a missing file or with every mistake.
    package static func document(path: String, _ configuration: WorkerConfiguration) throws -> ManifestDocument {
        try ManifestDocument.load(path: path, pipelinesFolder: configuration.pipelines) {
            mistakes(in: $0, configuration)
        }
    }

    /// The same for a manifest's text; `path` is the name that diagnostics carry. With `knowsHooks` false any webhook's
    /// name will do.
    package static func document(
        _ text: String, path: String, _ configuration: WorkerConfiguration, knowsHooks: Bool = true
    ) throws -> ManifestDocument {
        try ManifestDocument.load(bytes: Array(text.utf8), file: path, pipelinesFolder: configuration.pipelines) {
            mistakes(in: $0, configuration, knowsHooks: knowsHooks)
        }
    }

    private static func mistakes(
        in document: ManifestDocument, _ configuration: WorkerConfiguration, knowsHooks: Bool = true
    ) -> [Diagnostic] {
        configuration.pathPolicy().check(document)
            + (knowsHooks ? document.checkHooks(known: configuration.hooks.map(\.name)) : [])
    }

    /// What the ledger keeps of a run, for its journal.
    private static func note(_ report: RunReport) -> PublicationNote? {
        PublicationNote(
            reason: report.status == .succeeded ? nil : MessageLimits.cut(reason(report), to: MessageLimits.reason),
            summary: try? LedgerJSON.encode(JobSummary(report).bounded))
    }

    /// Why a run failed, as the ledger and messages tell it: with its cause, and what to do.
    private static func reason(_ report: RunReport) -> String {
        report.explanation.isEmpty ? "The run failed." : report.explanation.joined(separator: " ")
    }

    /// An error as lines for people: each mistake or the message, then the cause, then what to do.
    package static func lines(_ error: any Error) -> [String] {
        if let fault = error as? any Fault { return fault.lines }
        let localized = error as? any LocalizedError
        return [localized?.errorDescription ?? "\(error)", localized?.failureReason, localized?.recoverySuggestion]
            .compactMap { $0 }.flatMap { $0.split(separator: "\n").map(String.init) }
    }
}

extension JobRequest {
    /// What an attempt leaves just before it publishes.
    var journal: String { workFolder + "/" + WorkFolder.journal }
    /// Hashes that an attempt hands over, for the worker to remember.
    var hashAdditions: String { workFolder + "/" + WorkFolder.hashes }
}

private struct EventBridge: PipelineEvents {
    let events: any JobEvents

    func stageStarted(_ stage: Stage, detail: String?) { events.stageStarted(stage.rawValue, detail: detail) }
    func stageEnded(_ stage: Stage, detail: String?) { events.stageEnded(stage.rawValue, detail: detail) }
    func moved() { events.moved() }
    func log(_ line: String) { events.log(line) }

    func progress(_ progress: StageProgress) {
        events.moved()
        guard let loss = progress.loss, let rate = progress.tokensPerSecond, let left = progress.secondsLeft else {
            return
        }
        events.progress(
            step: progress.done, of: progress.total, loss: loss, tokensPerSecond: rate, secondsLeft: left)
    }
}

extension JobSummary {
    /// What a report says in short.
    init(_ report: RunReport) {
        self.init(
            slices: report.slices.map { slice in
                Slice(
                    name: slice.name, rows: slice.rows,
                    base: Score(loss: slice.base.loss, accuracy: slice.base.accuracy),
                    adapter: Score(loss: slice.adapter.loss, accuracy: slice.adapter.accuracy))
            },
            gates: report.gates.map { gate in
                Gate(condition: Self.condition(gate), value: gate.value, passed: gate.passed)
            },
            parityPassed: report.parity?.passed, steps: report.training?.steps ?? 0,
            wallSeconds: report.training?.wallSeconds ?? 0, tokensPerSecond: report.training?.tokensPerSecond ?? 0)
    }

    private static func condition(_ gate: GateReport) -> String {
        let bounds = [
            gate.min.map { "≥ \($0)" }, gate.max.map { "≤ \($0)" }, gate.betterThan.map { "better than \($0)" },
        ]
        return "\(gate.slice) \(gate.metric) \(bounds.compactMap { $0 }.joined(separator: " and "))"
    }
}
