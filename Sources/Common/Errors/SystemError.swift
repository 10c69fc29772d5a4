/// What the operating system refused: a file, a folder, a lock, a descriptor.
package typealias SystemError = CodedFault<SystemErrorCode>

package enum SystemErrorCode: String, FaultCode {
    /// A folder that must exist does not.
    case missing
    /// A file or folder cannot be written.
    case unwritable
    /// Another process holds a lock.
    case locked
    /// What the system would give at another time: a descriptor, memory.
    case refused

    package var category: FaultCategory {
        switch self {
        case .missing: .missing
        case .unwritable, .locked: .tryAgain
        case .refused: .own
        }
    }

    /// Not a lock, whose holder may stay for days.
    package var mayPass: Bool { self == .unwritable || self == .refused }
}
