import Common

/// A fault of the worker: its folders, ledger or webhooks.
package typealias WorkerError = CodedFault<WorkerErrorCode>

package enum WorkerErrorCode: String, FaultCode {
    /// A file or folder that must exist does not.
    case missing
    /// Another worker holds the folders.
    case locked
    /// A folder or file cannot be written.
    case unwritable
    /// The ledger cannot be opened, is not as configured, refused a write, or was taken away.
    case ledger
    /// The ledger is not what a worker left: damaged, or empty or gone beside backups. Somebody must decide what is put
    /// back.
    case ledgerRefused
    /// The system refused what it would give at another time: a descriptor, memory, a thread.
    case system
    /// What one of lorad's other processes said is no message of one.
    case message
    /// A webhook's URL or secret cannot be used.
    case webhook
    /// The settings contradict themselves or the machine.
    case configuration
    /// No job has that id or name.
    case unknownJob
    /// The job's state does not allow what was asked.
    case wrongState
    /// A later attempt owns the job; this one may not write any more.
    case fenced
    /// A manifest cannot be submitted as it is.
    case manifest
    /// What is to follow a promotion could not be made.
    case export

    package var category: FaultCategory {
        switch self {
        case .missing, .unknownJob: .missing
        case .locked, .unwritable: .tryAgain
        case .configuration, .manifest, .webhook, .ledgerRefused, .export: .data
        case .wrongState: .usage
        case .ledger, .system, .message, .fenced: .own
        }
    }

    /// Not a lock: its holder is another worker, which stays.
    package var mayPass: Bool { self == .unwritable || self == .system }
}
