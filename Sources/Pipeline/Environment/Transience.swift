import Common
import Foundation

/// Which errors a later attempt may not meet again.
package enum Transience {
    /// True for what the machine did to the job (a full, read-only or vanished disk, somebody else's lock); false for
    /// what is wrong with the job itself (bad data, a missed gate), which would fail again.
    package static func isTransient(_ error: any Error) -> Bool {
        switch error {
        case let fault as any Fault: fault.category == .tryAgain
        case let error as POSIXError: [.ENOSPC, .EDQUOT, .EROFS, .EIO, .ENOMEM].contains(error.code)
        case let error as CocoaError: cocoa.contains(error.code)
        default: false
        }
    }

    private static let cocoa: Set<CocoaError.Code> = [
        .fileWriteOutOfSpace, .fileWriteVolumeReadOnly, .fileWriteNoPermission, .fileWriteUnknown, .fileNoSuchFile,
    ]
}
