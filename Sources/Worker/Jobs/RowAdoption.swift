import Executors
import Manifests
import Pipeline

/// Tokenized rows, moved from an attempt's work folder to where later jobs of its name read them and none writes.
extension RowCacheFolder {
    init(_ configuration: WorkerConfiguration) {
        self.init(configuration.rowCache, limit: configuration.retention.rowsMiB << 20)
    }

    /// Takes over what an attempt made: rows and scores.
    static func adopt(from request: JobRequest, _ configuration: WorkerConfiguration) {
        RowCacheFolder(configuration).adopt(from: request.madeRows, of: request.name)
        scores(configuration.scoreCache, limit: configuration.retention.scoresMiB << 20)
            .adopt(from: request.madeScores, of: request.name)
    }
}
