import Executors
import Foundation
import Manifests
import ModelFiles
import Pipeline

/// One export, for the process that makes it.
package struct ExportOrder: Codable, Sendable, Equatable {
    /// What servers are to call the adapter.
    package let name: String
    /// The adapter's folder.
    package let adapter: String
    package let base: String
    package let form: ExportForm
    package let type: GGUFStorage?
    package let dtype: SafetensorsStorage?
    package let maxKL: Double?
    /// A new folder.
    package let output: String
    /// Threads to compute with; nil: one a core.
    package let threads: Int?

    /// Bytes that others may have written.
    var reads: [String] { JobFiles.withLinks(base) + [adapter] }
    var writes: [String] { [(output as NSString).deletingLastPathComponent] }

    var options: ExportOptions {
        ExportOptions(
            dtype: dtype.map { dtype in
                switch dtype {
                case .float32: .f32
                case .bfloat16: .bf16
                case .float16: .f16
                }
            }, type: type.flatMap { FileDType(rawValue: $0.rawValue) }, maxKL: maxKL)
    }
}

/// What the export's process says, one JSON document a line.
package enum ExportAnswer: Codable, Sendable, Equatable {
    /// A sign of life.
    case working
    /// It stands at the order's output; what there is to say of it, in a line.
    case exported(String)
    /// Why there is none, one line a sentence.
    case failed([String])

    /// Bytes of an answer at most.
    static let longestLine = 64 << 10
}

/// Makes exports somewhere else than in the worker's own process.
package protocol Exporter: Sendable {
    /// Makes one, and returns what there is to say of it.
    ///
    /// - Parameter isWanted: asked now and then; false ends it with nothing written.
    /// - Throws: `WorkerError` where there is none: `.export` for what was wrong with it, `.system` for what kept it from
    ///   being made.
    func export(_ order: ExportOrder, isWanted: () -> Bool) throws -> String
}
