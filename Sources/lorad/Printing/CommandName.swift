import ArgumentParser
import Common
import ForeignText

/// A command that there is none of, and the one that was meant.
package enum CommandName {
    /// - Throws: `ValidationError` where the first of the arguments is no option and no command, for a command that has
    ///   others beneath it.
    package static func check(_ arguments: [String], of command: any ParsableCommand.Type) throws {
        let subcommands = command.configuration.subcommands
        guard !subcommands.isEmpty, command.configuration.defaultSubcommand == nil, let name = arguments.first,
            !name.hasPrefix("-"), name != "help"
        else { return }
        if let next = subcommands.first(where: { $0._commandName == name }) {
            return try check(Array(arguments.dropFirst()), of: next)
        }
        let known = subcommands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
        let meant = Suggestion.closest(to: name, among: known).map { "; did you mean \($0)?" } ?? "."
        throw ValidationError("There is no command \(ForeignText.quoted(name))\(meant)")
    }
}
