import ArgumentParser
import Common
import Foundation
import JobReports
import Ledger
import OperatingSystem
import Views
import Worker

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows jobs, or one job with its stages.")

    /// Jobs that a list has at most.
    private static let most = 50

    @Argument(help: "A job's id, or its name for the latest of that name.")
    var job: String?
    @Flag(name: .shortAndLong, help: "Goes on until the job ends; without a job, until it is interrupted.")
    var watch = false
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        let worker = try worker.worker()
        if watch { return try watch(worker) }
        if let line = try paused(worker) {
            if json { Failure.write(line) } else { Output.line(line) }
        }
        let found = try statuses(worker)
        if json { return try Output.json(answers(found)) }
        for line in lines(found, width: Terminal.outputColumns) { Output.line(line) }
    }

    private func statuses(_ worker: Worker) throws -> [JobStatus] {
        guard let job else { return try worker.overview(limit: Self.most) }
        return [try worker.status(job)]
    }

    private func answers(_ found: [JobStatus]) -> [JobAnswer] {
        job == nil
            ? found.map { status in
                var answer = JobAnswer(status.job)
                answer.progress = status.progress
                return answer
            } : found.map { JobAnswer($0) }
    }

    private func paused(_ worker: Worker) throws -> String? {
        try worker.pausedSince().map {
            "the queue is paused since \($0.formatted(.iso8601)); `lorad resume` starts jobs again"
        }
    }

    /// The table, and beneath it what there is to say of the one job that was asked for.
    private func lines(_ found: [JobStatus], width: Int?) -> [String] {
        guard !found.isEmpty else { return ["no jobs yet"] }
        let table = JobTable(found).lines(width: width)
        guard job != nil, let one = found.first else { return table }
        return table + JobDetails.lines(one)
    }

    // MARK: watching

    private func watch(_ worker: Worker) throws {
        let stop = try StopRequest(signals: try StopSignals())
        let canRedraw = Terminal.isOutput && ProgressBar.movesCursor(ProcessInfo.processInfo.environment) && !json
        let screen = canRedraw ? RedrawnLines() : nil
        var told: [String: String] = [:]
        while !stop.isRequested {
            let found = try statuses(worker)
            if let screen {
                let pause = try paused(worker).map { [$0] } ?? []
                screen.show(pause + lines(found, width: Terminal.outputColumns))
            } else {
                try tellChanges(found, &told)
            }
            if job != nil, found.allSatisfy({ $0.job.state.isFinal }) { return }
            Thread.sleep(forTimeInterval: screen == nil ? Worker.lookEvery : 1)
        }
    }

    /// A line for each job whose state or stage is new, the oldest job first.
    private func tellChanges(_ found: [JobStatus], _ told: inout [String: String]) throws {
        for status in found.reversed() {
            let stage = status.stages.last { $0.state(in: status.job) == "running" }?.name
            let now = [status.job.state.rawValue, stage].compactMap(\.self).joined(separator: " ")
            guard told.updateValue(now, forKey: status.job.id) != now else { continue }
            if json {
                try Output.jsonNow(JobAnswer(status))
            } else {
                let more = status.job.state.isFinal ? [status.job.reason, status.job.runFolder] : []
                let words = [status.job.id, status.job.name, now] + more.compactMap(\.self)
                Output.lineNow(words.joined(separator: "  "))
            }
        }
    }
}
