import ArgumentParser
import Common
import Foundation

/// How errors end the program: one message on stderr, and the exit status of their category.
package enum Failure {
    static func exit(_ error: any Error, parser: any ParsableCommand.Type) -> Never {
        guard let status = status(of: error, parser: parser) else { parser.exit(withError: error) }
        for line in ErrorLines.of(error) { write(line) }
        Foundation.exit(status)
    }

    /// One line on stderr.
    static func write(_ line: String) { Terminal.error(line) }

    /// What the program's end tells a script of an error; nil for what the argument parser has to say. What nobody
    /// thought of is lorad's own fault.
    package static func status(of error: any Error, parser: any ParsableCommand.Type) -> Int32? {
        if let fault = error as? any Fault { return fault.category.exitStatus }
        return parser.exitCode(for: error) == ExitCode.failure ? FaultCategory.own.exitStatus : nil
    }
}

extension ExitCode {
    /// The end of a program that has told already what is wrong.
    init(_ category: FaultCategory) { self.init(category.exitStatus) }
}
