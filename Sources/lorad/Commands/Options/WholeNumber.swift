import ArgumentParser

/// Whole numbers of the command line: every one has bounds, so that nothing computed from it overflows. Their options
/// are parsed `.unconditional`: what follows is the value, a minus sign before it or not.
enum WholeNumber {
    /// Reads a number within `range`; anything else is wrong usage, said with the bounds.
    static func within(_ range: ClosedRange<Int>) -> @Sendable (String) throws -> Int {
        { text in
            guard let number = Int(text), range.contains(number) else {
                throw ValidationError("it must be a whole number from \(range.lowerBound) to \(range.upperBound).")
            }
            return number
        }
    }
}
