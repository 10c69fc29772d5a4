import Executors
import Manifests
import Pipeline

/// Tokenized rows, moved from an attempt's work folder to where later jobs of its name read them and none writes.
extension RowCacheFolder {
    init(_ configuration: WorkerConfiguration) {
        self.init(configuration.rowCache, limit: configuration.retention.rowsMiB << 20)
    }

    func adopt(from request: JobRequest) { adopt(from: request.madeRows, of: request.name) }
}
