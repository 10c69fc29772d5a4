import Foundation
import GRDB
import OperatingSystem

extension Database {
    /// Changes a job's state, with all that its transition says of the row.
    ///
    /// - Parameters:
    ///   - attempt: the one whose write this is; nil for a write that is no attempt's.
    ///   - columns: what else is written, in place of what the transition clears.
    /// - Throws: `.fenced` where the job is no longer that attempt's; without an attempt `.wrongState` where the job is in no
    ///   state that the transition starts from.
    func change(
        _ id: String, by transition: JobTransition, attempt: Int? = nil,
        setting columns: KeyValuePairs<String, (any DatabaseValueConvertible)?> = [:]
    ) throws {
        let set = columns.map(\.key)
        let cleared = JobTransition.Part.allCases.filter(transition.clears.contains).flatMap { part in
            part.columns.filter { !set.contains($0) }.map { "\($0) = \(part.emptiness)" }
        }
        let counted = transition.counts.map { ["\($0.rawValue) = \($0.rawValue) + 1"] } ?? []
        let assignments = ["state = ?"] + cleared + counted + set.map { "\($0) = ?" }
        let from = JobState.allCases.filter(transition.from.contains).map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let fence = attempt == nil ? "" : " AND attempt = ?"
        var values: [(any DatabaseValueConvertible)?] = [transition.to.rawValue]
        values += columns.map(\.value)
        values.append(id)
        if let attempt { values.append(attempt) }
        try execute(
            sql: "UPDATE jobs SET \(assignments.joined(separator: ", ")) WHERE id = ? AND state IN (\(from))\(fence)",
            arguments: StatementArguments(values))
        if let attempt { return try requireOwnership(of: id, attempt: attempt) }
        guard changesCount == 1 else {
            throw WorkerError(
                .wrongState, "Job \(id) is in no state in which it could be \(transition.cause.rawValue).")
        }
    }

    /// To be called right after a fenced UPDATE or INSERT.
    func requireOwnership(of id: String, attempt: Int) throws {
        guard changesCount == 1 else {
            throw WorkerError(
                .fenced, "Attempt \(attempt) of job \(id) no longer owns it; its write was refused.")
        }
    }
}
