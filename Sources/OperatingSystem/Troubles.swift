import Common
import Foundation
import Glibc
import Synchronization

/// What is wrong with the worker's surroundings at the moment, so that a fault which everybody meets (a full disk, a
/// ledger that cannot be written) fills no log: it is told once, by whoever meets it first, until it is over for all of
/// them.
package final class Troubles: Sendable {
    /// By fault: who has met it and not been free of it since.
    private let standing = Mutex<[String: Set<String>]>([:])

    package init() {}

    /// True where nobody is in this trouble yet. `party` is in it from now on, and in no other.
    package func isNew(_ error: any Error, for party: String) -> Bool { isNew(fault: Self.fault(error), for: party) }

    /// The same for a fault in words.
    package func isNew(fault: String, for party: String) -> Bool {
        standing.withLock { standing in
            let isNew = standing[fault]?.isEmpty ?? true
            Self.leave(&standing, party, except: fault)
            standing[fault, default: []].insert(party)
            return isNew
        }
    }

    /// It works again for this party.
    package func clear(_ party: String) { standing.withLock { Self.leave(&$0, party, except: nil) } }

    private static func leave(_ standing: inout [String: Set<String>], _ party: String, except fault: String?) {
        for key in standing.keys where key != fault { standing[key]?.remove(party) }
        standing = standing.filter { !$0.value.isEmpty || $0.key == fault }
    }

    /// What is the same for all who meet it. Of a disk or a database that is the cause: each of them wanted to write
    /// something else. Of anything else it is all that is said.
    private static func fault(_ error: any Error) -> String {
        if let fault = error as? any Fault, let cause = fault.cause,
            fault.mayPass || (error as? WorkerError)?.code == .ledger
        {
            let isOfDisk = [ENOSPC, EDQUOT, EROFS, EIO, EMFILE, ENFILE].map { FileSystem.reason($0) }.contains(cause)
            if isOfDisk || cause.hasPrefix("SQLite ") { return cause }
        }
        return ErrorLines.of(error).joined(separator: " ")
    }
}
