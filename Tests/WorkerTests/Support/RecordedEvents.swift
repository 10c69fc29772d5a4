import OperatingSystem
import Synchronization
import Worker

/// What a job told, one line an event.
final class RecordedEvents: JobEvents {
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

    func heartbeat(memory: Int?) { add("heartbeat") }

    func mayPublish() -> Bool {
        add("may publish")
        return maysPublish
    }

    func stageStarted(_ name: String, detail: String?) { add("\(name) started") }
    func stageEnded(_ name: String, detail: String?) { add("\(name) ended") }
    func log(_ line: String) { add(line) }

    func progress(step: Int, of total: Int, loss: Double, tokensPerSecond: Double, secondsLeft: Double) {
        add("step \(step) of \(total), loss \(loss)")
    }

    private func add(_ line: String) { lines.withLock { $0.append(line) } }
}
