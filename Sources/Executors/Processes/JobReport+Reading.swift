import Foundation
import JobReports
import OperatingSystem

extension JobReport {
    /// A report from its line. A process that a base or its data took over is not believed more than a sound one would say:
    /// what is longer is cut, and what cannot be is refused.
    ///
    /// - Parameters:
    ///   - request: what the process was asked to do.
    ///   - outbox: where it publishes.
    /// - Throws: `WorkerError` for what is no report, such as one of a stage that there is none of, or a run that is not of the request's name.
    package static func read(_ line: String, of request: JobRequest, outbox: String) throws -> JobReport {
        let message: JobReport
        do { message = try MessageLine.read(line) } catch {
            throw WorkerError(.message, "The line holds no report.", cause: error.localizedDescription)
        }
        let report = message.bounded
        switch report {
        case .ended(.succeeded(let folder, _)), .ended(.failed(_, let folder?, _)):
            guard RunPlace.name(of: folder, in: outbox) == request.name else {
                throw WorkerError(.message, "The run that it names is none of \(outbox)/\(request.name).")
            }
        default: break
        }
        return report
    }
}
