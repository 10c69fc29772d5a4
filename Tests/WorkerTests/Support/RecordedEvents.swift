import JobReports
import OperatingSystem
import Synchronization
import Worker

/// What a job told, one line an event.
final class RecordedEvents: JobListener {
    private let lines = Mutex<[String]>([])
    private let processes = Mutex<[ProcessIdentity]>([])
    private let givesWork: Bool
    private let maysPublish: Bool

    init(givesWork: Bool = true, mayPublish: Bool = true) {
        self.givesWork = givesWork
        maysPublish = mayPublish
    }

    /// A copy, see `WebhookServer.requests`.
    var all: [String] { lines.withLock { lines in lines.map { $0 } } }
    var process: ProcessIdentity? { processes.withLock { $0.first } }

    func processStarted(_ process: ProcessIdentity) -> Bool {
        processes.withLock { $0.append(process) }
        return givesWork
    }

    func mayPublish() -> Bool {
        add("may publish")
        return maysPublish
    }

    func take(_ report: JobReport) {
        switch report {
        case .stageStarted(let stage, _): add("\(stage) started")
        case .stageEnded(let stage, _): add("\(stage) ended")
        case .log(let line): add(line)
        case .progress(let progress): add("step \(progress.done) of \(progress.total), loss \(progress.loss ?? -1)")
        case .heartbeat: add("heartbeat")
        case .moved, .mayPublish, .ended: break
        }
    }

    private func add(_ line: String) { lines.withLock { $0.append(line) } }
}
