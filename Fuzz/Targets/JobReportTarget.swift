import Executors
import Foundation
import JobReports
import Ledger
import Pipeline

/// What the worker takes from a job's process, which a hostile base may have taken over.
package struct JobReportTarget: FuzzTarget {
    package static let name = "job-report"

    private let request = JobRequest(
        id: "20261124T002603Z-1a2b3c4d", name: "night", manifestPath: "/claimed/a.yaml", manifestText: "name: night",
        workFolder: "/work", attempt: 1)

    package init() {}

    package func check(_ bytes: [UInt8]) throws {
        let line = String(decoding: bytes, as: UTF8.self)
        guard let report = try accepted({ try JobReport.read(line, of: request, outbox: "/outbox") }) else { return }
        switch report {
        case .stageStarted(_, let detail), .stageEnded(_, let detail): try check(detail, atMost: 4_096)
        case .log(let line): try check(line, atMost: 65_536)
        case .ended(let outcome): try check(outcome)
        case .progress(let progress): try check(progress.words, atMost: 512)
        case .moved, .heartbeat, .mayPublish: break
        }
    }

    private func check(_ outcome: JobOutcome) throws {
        switch outcome {
        case .succeeded(let folder, let summary): try check(folder, summary)
        case .failed(let reason, let folder, let summary):
            try check(reason, atMost: 65_536)
            try check(folder, summary)
        case .rejected(let diagnostics):
            try require(diagnostics.count <= 201, "\(diagnostics.count) mistakes")
            for line in diagnostics { try check(line, atMost: 4_096) }
        case .faulted(let reason), .crashed(let reason): try check(reason, atMost: 65_536)
        case .interrupted: break
        }
    }

    private func check(_ folder: String?, _ summary: JobSummary?) throws {
        if let folder {
            // Said in other words than it is kept in: what the kernel makes of the path stays below the name's folder.
            var place: [Substring] = []
            for part in folder.split(separator: "/") where part != "." {
                if part == ".." { _ = place.popLast() } else { place.append(part) }
            }
            let isRun = folder.hasPrefix("/") && place.count == 3 && place.starts(with: ["outbox", "night"])
            try require(isRun && !folder.utf8.contains(0), "a run at \(folder.debugDescription)")
        }
        guard let summary else { return }
        try require(summary.slices.count <= 1_001 && summary.gates.count <= 1_001, "figures without end")
        for name in summary.slices.map(\.name) + summary.gates.map(\.condition) { try check(name, atMost: 768) }
    }

    private func check(_ text: String?, atMost limit: Int) throws {
        try require((text?.utf8.count ?? 0) <= limit, "\(text?.utf8.count ?? 0) bytes where \(limit) are the most")
    }
}
