/// An error of one target: a code for callers, words for people. Each target names it once,
/// `typealias TrainingError = CodedFault<TrainingErrorCode>`.
package struct CodedFault<Kind: FaultCode>: Fault, Equatable {
    package typealias Code = Kind

    /// What kind of fault it is; callers branch on this or on the category, people read `message`.
    package let code: Kind
    package let message: String
    package let cause: String?
    package let advice: String?
    /// Every mistake where the error holds several, sorted by place; empty for any other fault.
    package let mistakes: Kind.Mistakes

    package init(
        _ code: Kind, _ message: String, cause: String? = nil, advice: String? = nil,
        mistakes: Kind.Mistakes = Kind.Mistakes()
    ) {
        self.code = code
        self.message = message
        self.cause = cause
        self.advice = advice
        self.mistakes = mistakes
    }

    package var category: FaultCategory { code.category }
    package var mayPass: Bool { code.mayPass }
    package var isOutcome: Bool { code.isOutcome }

    package var lines: [String] {
        let told = mistakes.lines
        return (told.isEmpty ? sentences : told).flatMap { $0.split(separator: "\n").map(String.init) }
    }
}
