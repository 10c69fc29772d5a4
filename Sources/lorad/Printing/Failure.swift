import Adapters
import ArgumentParser
import Evaluation
import Foundation
import Manifests
import ModelFiles
import OperatingSystem
import Pipeline
import Tensors
import Tokenizers
import Training
import Transformers
import Worker

/// How errors end the program: one message on stderr, and the exit code that the design promises.
enum Failure {
    static let ranAndFailed: Int32 = 1
    static let wrongUsage: Int32 = 64
    static let badData: Int32 = 65
    static let missingInput: Int32 = 66
    static let ownFault: Int32 = 70
    static let tryLater: Int32 = 75
    static let interrupted: Int32 = 130

    static func exit(_ error: any Error, parser: any ParsableCommand.Type) -> Never {
        guard let code = code(error, parser: parser) else { parser.exit(withError: error) }
        for line in ErrorLines.of(error) { write(line) }
        Foundation.exit(code)
    }

    /// One line on stderr.
    static func write(_ line: String) { Terminal.error(line) }

    /// Nil for what the argument parser has to say; what nobody thought of is lorad's own fault.
    private static func code(_ error: any Error, parser: any ParsableCommand.Type) -> Int32? {
        switch error {
        case let error as ManifestsError: error.code == .missing || error.code == .unreadable ? missingInput : badData
        case let error as ModelFilesError: missing(error.code == .missing, error.code == .unwritable)
        case let error as TokenizersError: missing(error.code == .missing, false)
        case let error as AdaptersError: missing(error.code == .missing, error.code == .unwritable)
        case let error as EvaluationError: missing(error.code == .missing, false)
        case let error as TrainingError:
            error.code == .interrupted ? interrupted : missing(error.code == .missing, false)
        case let error as PipelineError: pipeline(error.code)
        case let error as WorkerError: worker(error.code)
        case is TransformersError: badData
        case let error as TensorsError: error.code == .unknownVariant ? wrongUsage : ownFault
        default: parser.exitCode(for: error) == ExitCode.failure ? ownFault : nil
        }
    }

    private static func missing(_ isMissing: Bool, _ isUnwritable: Bool) -> Int32 {
        isMissing ? missingInput : isUnwritable ? tryLater : badData
    }

    private static func pipeline(_ code: PipelineError.Code) -> Int32 {
        switch code {
        case .rejected: badData
        case .missing: missingInput
        case .interrupted: interrupted
        case .unwritable, .noSpace, .locked: tryLater
        default: ranAndFailed
        }
    }

    private static func worker(_ code: WorkerError.Code) -> Int32 {
        switch code {
        case .missing, .unknownJob: missingInput
        case .locked, .unwritable: tryLater
        case .configuration, .manifest, .webhook, .ledgerRefused: badData
        case .wrongState: wrongUsage
        default: ownFault
        }
    }
}
