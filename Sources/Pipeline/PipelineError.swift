import Common
import Manifests

/// A job that was refused or failed; `mistakes` holds everything that is wrong with its files and names.
package typealias PipelineError = CodedFault<PipelineErrorCode>

package enum PipelineErrorCode: String, FaultCode {
    package typealias Mistakes = [Diagnostic]

    case rejected
    case failed
    case missing
    case interrupted
    case unwritable
    /// Another process has the lock of what is to be written.
    case locked
    /// A disk has less room than the job needs.
    case noSpace

    package var category: FaultCategory {
        switch self {
        case .rejected: .data
        case .failed: .failed
        case .missing: .missing
        case .interrupted: .interrupted
        case .unwritable, .locked, .noSpace: .tryAgain
        }
    }

    /// Not a lock: its holder is another process, which may stay.
    package var mayPass: Bool { self == .unwritable || self == .noSpace }
}

extension PipelineError {
    /// A job refused for what is wrong with its files and names: a single mistake is the message, several are counted,
    /// and listed as the cause.
    package init(mistakesIn manifest: String, _ mistakes: [Diagnostic]) {
        if mistakes.count == 1 {
            self.init(
                .rejected, mistakes[0].description, cause: mistakes[0].cause, advice: mistakes[0].advice,
                mistakes: mistakes)
        } else {
            self.init(
                .rejected, "\(manifest) cannot be run: there are \(mistakes.count) mistakes.",
                cause: mistakes.lines.joined(separator: "\n"), mistakes: mistakes)
        }
    }

    /// Refuses to write where something stands already.
    static func requireNothing(at output: String) throws {
        guard !FileSystem.exists(output) else {
            throw PipelineError(.rejected, "\(output) exists already.", advice: "Name a new folder.")
        }
    }

    /// A fault that ends a job because it was asked to stop, in the fault's own words.
    init(interruption fault: any Fault) {
        self.init(.interrupted, fault.message, cause: fault.cause, advice: fault.advice)
    }

    /// A fault that refuses a job before any work, in the fault's own words.
    init(rejection fault: any Fault) {
        self.init(.rejected, fault.message, cause: fault.cause, advice: fault.advice)
    }
}
