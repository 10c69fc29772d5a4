import JobReports
import Manifests
import Pipeline

/// A job process's confinement: first to what any manifest may name, while this one is read, then to what it names.
struct JobSandbox {
    let confinement: Confinement
    private let seen: PathsSeen

    /// Confines this process to its order.
    init(_ order: JobOrder) {
        let files = JobFiles(order: order)
        let first = Confinement.apply(reads: files.anyReads, writes: files.writes)
        guard let document = try? order.request.document(order.configuration) else {
            // It has mistakes, which the pipeline tells of without reading anything else.
            confinement = first
            seen = PathsSeen([])
            return
        }
        let reads = files.reads(document.manifest, parent: files.parent(document.manifest))
        seen = PathsSeen(reads)
        confinement = first.narrowed(reads: reads, writes: files.writes)
    }

    /// The outcome; a fault that may pass where a job came to nothing, and a file that it may read was exchanged for one
    /// that it may not.
    func judged(_ outcome: JobOutcome) -> JobOutcome {
        switch outcome {
        case .rejected, .failed(_, nil, _):
            guard case .holds = confinement.landlock, let moved = seen.moved else { return outcome }
            return .faulted(
                reason: "\(moved) was replaced while the job was under way, which may read the old one alone."
            )
        default: return outcome
        }
    }
}
