import ForeignText
import Foundation
import Ledger
import Registry
import Views

/// The registry in words.
enum RegistryWords {
    /// Who asks, as the history remembers it.
    static var user: String { ProcessInfo.processInfo.userName }

    static func of(_ target: AliasTarget) -> String {
        switch target {
        case .base: "base"
        case .version(let number): "@\(number)"
        }
    }

    /// `KEY` or `KEY=VALUE`.
    static func of(_ tag: VersionTag) -> String { tag.value.map { "\(tag.key)=\(ForeignText.line($0))" } ?? tag.key }

    /// What a remark says, for a line.
    static func of(_ remark: VersionRemark) -> String {
        let text = remark.text.map(ForeignText.line)
        guard let key = remark.key else { return text ?? "-" }
        return text.map { "\(key)=\($0)" } ?? key
    }

    /// Tells of a move.
    static func tell(_ movement: AliasMovement, json: Bool) throws {
        if json { return try Output.json(AliasMovementAnswer(movement)) }
        for objection in movement.objections { Failure.write("against it: \(objection)") }
        let name = "\(movement.name)@\(movement.alias)"
        guard !movement.isRepeated else { return Output.line("\(name) is \(of(movement.to)) already") }
        Output.line("\(name) is \(of(movement.to))" + (movement.from.map { ", it was \(of($0))" } ?? ""))
    }
}
