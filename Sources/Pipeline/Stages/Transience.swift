import Adapters
import Foundation
import ModelFiles
import Training

/// Which faults a later attempt may not meet again.
package enum Transience {
    /// True for what the machine did to the job (a full, read-only or vanished disk); false for what is wrong with the
    /// job itself (bad data, a missed gate), which would fail again.
    package static func isTransient(_ error: any Error) -> Bool {
        switch error {
        case let error as PipelineError: [.unwritable, .noSpace, .locked].contains(error.code)
        case let error as ModelFilesError: error.code == .unwritable
        case let error as TrainingError: error.code == .unwritable
        case let error as AdaptersError: error.code == .unwritable
        case let error as POSIXError: [.ENOSPC, .EDQUOT, .EROFS, .EIO, .ENOMEM].contains(error.code)
        case let error as CocoaError: cocoa.contains(error.code)
        default: false
        }
    }

    private static let cocoa: Set<CocoaError.Code> = [
        .fileWriteOutOfSpace, .fileWriteVolumeReadOnly, .fileWriteNoPermission, .fileWriteUnknown, .fileNoSuchFile,
    ]
}
