import Common
import Foundation
import OperatingSystem
import Tensors
import Tokenizers

/// Something that must hold for every input, and did not.
package struct FuzzViolation: LocalizedError {
    package let message: String

    package var errorDescription: String? { message }
}

/// - Throws: `FuzzViolation` with `message` where `condition` is false.
func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
    if !condition { throw FuzzViolation(message: message()) }
}

/// Runs a reader on foreign bytes; nil where it refused them as it should.
///
/// - Throws: `FuzzViolation` where the error is not one of lorad's own, says nothing, or says far too much.
func accepted<Result>(_ read: () throws -> Result) throws -> Result? {
    do { return try read() } catch let error as FuzzViolation { throw error } catch {
        try require(isOurs(error), "refused by a \(type(of: error)): \(error)")
        let message = (error as? any LocalizedError)?.errorDescription ?? ""
        try require(message.count > 10, "refused with the message '\(message)'")
        try require(message.utf8.count < 100_000, "refused with \(message.utf8.count) bytes of message")
        return nil
    }
}

/// What a reader may refuse bytes with. Sizes that do not fit are not left to the numerical layer to find, and bytes are
/// no fault of a disk.
private func isOurs(_ error: any Error) -> Bool {
    error is any Fault && !(error is TensorsError) && !(error is SystemError) || error is JinjaError
}
