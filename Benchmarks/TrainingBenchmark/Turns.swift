import ArgumentParser
import Foundation

/// Turns with other programs, one measured step at a time: whoever started them lets one of them compute while the
/// others wait, so that steps that are held against one another lie beside each other in time.
struct Turns: ParsableArguments {
    @Flag(help: "Before each measured step write the line 'ready', and wait for a line on standard input.")
    var turns = false

    /// Returns when it is this program's turn; at once unless turns were asked for.
    ///
    /// - Throws: `ValidationError` when standard input ends first, since whoever gives the turns is gone then; as
    ///   writing to standard output.
    func wait() throws {
        guard turns else { return }
        try FileHandle.standardOutput.write(contentsOf: Data("ready\n".utf8))
        guard readLine() != nil else {
            throw ValidationError(
                "Standard input ended while a step waited for its turn. With --turns each measured step needs a line "
                    + "there; leave --turns out to measure without waiting.")
        }
    }
}
