import Foundation

extension Worker {
    /// Hands the job's log to `take`, piece by piece as it lies in the file. With `follow`, goes on until the job has
    /// ended or `stop` asks; a log that does not exist yet is empty.
    package func logs(
        _ reference: String, follow: Bool = false, stop: StopRequest? = nil, take: (String) throws -> Void
    ) throws {
        let status = try status(reference)
        var reader = LogReader(path: status.logPath)
        try reader.readNew(take)
        guard follow else { return }
        while stop?.isRequested != true {
            // Asked before the last reading: what the job wrote before it ended is not missed.
            let job = try self.status(status.job.id).job
            try reader.readNew(take)
            if job.state.isFinal || job.state == .interrupted { return }
            Thread.sleep(forTimeInterval: 0.5)
        }
    }
}
