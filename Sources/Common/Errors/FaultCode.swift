/// The codes of one target's errors. Each states its category, so that nobody who catches an error has to know them
/// all.
package protocol FaultCode: CaseIterable, Hashable, RawRepresentable<String>, Sendable {
    /// What an error of this target lists beside its message.
    associatedtype Mistakes: FaultMistakes = NoMistakes

    var category: FaultCategory { get }
    /// See `Fault.mayPass`.
    var mayPass: Bool { get }
    /// See `Fault.isOutcome`.
    var isOutcome: Bool { get }
}

extension FaultCode {
    package var mayPass: Bool { category == .tryAgain }
    package var isOutcome: Bool { false }
}

/// The single mistakes of an error that holds several, such as those of one manifest.
package protocol FaultMistakes: Equatable, Sendable {
    /// None.
    init()
    /// Each in words, with cause and advice; empty where there are none.
    var lines: [String] { get }
}

/// Of errors that say one thing at a time.
package struct NoMistakes: FaultMistakes {
    package init() {}
    package var lines: [String] { [] }
}
