/// What kind of thing went wrong, and so who can do something about it. Callers branch on this, and the program's exit
/// status follows from it.
package enum FaultCategory: String, CaseIterable, Codable, Sendable {
    /// Asked for something that cannot be asked for: an option, a state that does not allow it.
    case usage
    /// What was read cannot be used: a manifest, rows, a model's files, the settings.
    case data
    /// What was named is not there.
    case missing
    /// lorad's own fault, or its machine's.
    case own
    /// The machine had no room, or somebody else the lock: the same may work at another time.
    case tryAgain
    /// The work was done and came to nothing.
    case failed
    /// Somebody asked for the work to stop.
    case interrupted

    /// The exit status of a program that ends because of it: those of sysexits.h(3head) where there is one, and 128 +
    /// SIGINT for what was interrupted, as a shell tells of it.
    package var exitStatus: Int32 {
        switch self {
        case .usage: 64
        case .data: 65
        case .missing: 66
        case .own: 70
        case .tryAgain: 75
        case .failed: 1
        case .interrupted: 130
        }
    }
}
