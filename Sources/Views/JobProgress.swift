import Foundation
import OperatingSystem
import Pipeline

/// Where a running job's training stands: `.lorad/jobs/ID/progress.json`, replaced about once a second.
package struct JobProgress: Sendable, Codable, Equatable {
    package var stage: String
    package var step: Int
    package var totalSteps: Int
    /// Nats per supervised token; nil where it is not a number.
    package var loss: Double?
    package var tokensPerSecond: Double?
    /// An estimate.
    package var secondsLeft: Double?
    package var updatedAt: Date

    private enum CodingKeys: String, CodingKey {
        case stage, step, loss
        case totalSteps = "total_steps"
        case tokensPerSecond = "tokens_per_second"
        case secondsLeft = "seconds_left"
        case updatedAt = "updated_at"
    }

    private static let mostBytes = 65_536

    /// Nil where there is none, or none that can be read.
    static func read(_ path: String) -> JobProgress? {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        guard let data = BoundedFile.read(path, limit: mostBytes) else { return nil }
        return try? decoder.decode(JobProgress.self, from: data)
    }

    /// By rename, so that a reader never sees half; not flushed, as it is of no use after a crash.
    func write(_ path: String) throws {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = .sortedKeys
        try FileSystem.replaceFile(encoder.encode(self), at: path)
    }
}
