import Common
import Foundation
import JobReports
import Manifests
import ModelFiles
import OperatingSystem
import Pipeline
import Publication
import Reports

/// Works on one attempt through the pipeline, in the process that calls it.
package struct PipelineRunner {
    private let order: JobOrder
    private let confinement: ConfinementProvenance?

    /// - Parameter confinement: of the process that the pipeline runs in, for the run that it publishes.
    package init(_ order: JobOrder, confinement: ConfinementProvenance? = nil) {
        self.order = order
        self.confinement = confinement
    }

    /// Runs the attempt to its end, on the calling thread.
    ///
    /// - Parameters:
    ///   - shouldStop: asked between steps; true ends it with its checkpoint written.
    ///   - mayPublish: asked last before the run appears in the outbox.
    ///   - report: takes what it tells.
    package func result(
        shouldStop: @escaping () -> Bool, mayPublish: @escaping () -> Bool,
        report: @escaping @Sendable (JobReport) -> Void
    ) -> Result<JobResult, any Error> {
        let (request, configuration) = (order.request, order.configuration)
        return Result {
            let document = try request.document(configuration)
            // The work folder of a name outlives its jobs: only one that goes on keeps what it began from.
            if request.isForeground, !FileSystem.exists(JobEnvironment.checkpoint(in: request.workFolder)) {
                ParentPin.forget(in: request.workFolder)
            }
            var environment = JobEnvironment(
                outbox: order.outbox, workFolder: request.workFolder,
                hashCache: HashCache(
                    file: configuration.hashCache, additions: request.isForeground ? nil : request.hashAdditions),
                rowCache: RowCache(made: request.madeRows, kept: order.keptRows),
                policy: configuration.pathPolicy(), attempt: request.attempt, confinement: confinement,
                shouldStop: shouldStop, reporter: JobReporter(report),
                limits: JobLimits(configuration.limits, rule: request.rule),
                journal: request.journal,
                previousRun: OutboxRun.lastGood(outbox: order.outbox, name: document.manifest.name),
                references: request.references, binarySHA256: order.binarySHA256, note: Self.note
            ) {
                guard mayPublish() else {
                    throw PipelineError(.interrupted, "The attempt may not publish: the job is no longer its own.")
                }
            }
            environment.scoreCache = ScoreCache(made: request.madeScores, kept: order.keptScores)
            return try JobPipeline(document, environment: environment).run()
        }
    }

    /// What came of it, as it is told.
    package static func outcome(of result: Result<JobResult, any Error>) -> JobOutcome {
        do {
            let result = try result.get()
            let summary = JobSummary(result.report)
            return result.status == .succeeded
                ? .succeeded(runFolder: result.runFolder, summary: summary)
                : .failed(reason: reason(result.report), runFolder: result.runFolder, summary: summary)
        } catch let error as PipelineError where error.code == .rejected {
            return .rejected(diagnostics: ErrorLines.of(error))
        } catch let error as PipelineError where error.code == .interrupted {
            return .interrupted
        } catch let error as ManifestsError {
            return .rejected(diagnostics: ErrorLines.of(error))
        } catch {
            let reason = ErrorLines.of(error).joined(separator: " ")
            return Transience.isTransient(error)
                ? .faulted(reason: reason) : .failed(reason: reason, runFolder: nil, summary: nil)
        }
    }

    /// What the ledger keeps of a run, for its journal.
    private static func note(_ report: RunReport) -> PublicationNote? {
        PublicationNote(
            reason: report.status == .succeeded ? nil : MessageLimits.cut(reason(report), to: MessageLimits.reason),
            summary: try? CompactJSON.encode(JobSummary(report).bounded))
    }

    /// Why a run failed, as the ledger and messages tell it: with its cause, and what to do.
    private static func reason(_ report: RunReport) -> String {
        report.explanation.isEmpty ? "The run failed." : report.explanation.joined(separator: " ")
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
            wallSeconds: report.training?.wallSeconds ?? 0, tokensPerSecond: report.training?.tokensPerSecond ?? 0,
            headline: Reports.Headline(report).map {
                Headline(
                    slice: $0.slice, metric: $0.metric, base: $0.base, adapter: $0.adapter, previous: $0.previous)
            })
    }

    private static func condition(_ gate: GateReport) -> String {
        let bounds = [
            gate.min.map { "≥ \($0)" }, gate.max.map { "≤ \($0)" }, gate.betterThan.map { "better than \($0)" },
            gate.notWorseThan.map { "not worse than \($0)" },
        ]
        return "\(gate.slice) \(gate.metric) \(bounds.compactMap { $0 }.joined(separator: " and "))"
    }
}
