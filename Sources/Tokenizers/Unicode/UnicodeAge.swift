/// A version of Unicode. The parts of the tokenizers library carry tables of different ages; a character that a part's
/// table does not know yet is treated as unassigned there, and so here.
struct UnicodeAge: Sendable {
    let major: Int
    let minor: Int

    init(_ major: Int, _ minor: Int) {
        self.major = major
        self.minor = minor
    }
}

extension Unicode.Scalar {
    /// Whether the scalar was assigned in this version of Unicode or before.
    func isAssigned(by version: UnicodeAge) -> Bool {
        guard let age = properties.age else { return false }
        return (age.major, age.minor) <= (version.major, version.minor)
    }
}
