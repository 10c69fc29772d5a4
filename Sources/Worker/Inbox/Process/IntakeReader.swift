import Common
import Executors
import Foundation
import OperatingSystem

/// Has what others wrote read, for the worker, which opens none of it itself.
package protocol IntakeReader: Sendable {
    /// Returns once it is read. One order at a time.
    ///
    /// - Parameter isWanted: asked some times a second while it takes time; false gives the reading up.
    /// - Throws: `IntakeFault`; what `isWanted` throws.
    func answer(_ order: IntakeOrder, isWanted: () throws -> Bool) throws -> IntakeAnswer
}

/// Why there is no answer.
package enum IntakeFault: Fault, Equatable {
    /// Reading it took the process down, or too long: how, to follow "the process that reads manifests".
    case died(String)
    /// There is no process: not the fault of what was to be read.
    case unavailable(String)
    /// Nobody wanted it any more.
    case givenUp

    package var category: FaultCategory { .own }

    package var message: String {
        switch self {
        case .died(let how): "The process that reads manifests \(how)."
        case .unavailable: "The process that reads manifests cannot be started."
        case .givenUp: "The reading was given up."
        }
    }

    package var cause: String? {
        if case .unavailable(let reason) = self { reason } else { nil }
    }

    package var advice: String? { nil }

    /// The one that may pass, as what is told and tried again; nil for the others.
    var asWorkerError: (any Error)? {
        guard case .unavailable(let reason) = self else { return nil }
        return WorkerError(
            .system, message, cause: reason,
            advice: "Look for memory, process numbers (ulimit -u) and room in the state folder.")
    }
}
