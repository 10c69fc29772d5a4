/// Whether a model gives the same bits where it is put the same prompt twice: everything else that is said of its answers
/// rests on that.
package struct Repetition: Equatable, Sendable {
    /// Prompts that are put twice, the first ones: each costs what a prompt of one model costs.
    package static let count = 1

    /// Prompts that were put twice.
    package let prompts: Int
    /// The first of them of which a token, or a bit of a logit, came out otherwise, by its id; nil for none.
    package let differing: String?

    package init(prompts: Int, differing: String?) {
        (self.prompts, self.differing) = (prompts, differing)
    }

    /// Whether two blocks of logits are the same bits.
    static func areSameBits(_ first: [[Float]], _ second: [[Float]]) -> Bool {
        first.count == second.count
            && zip(first, second).allSatisfy { $0.elementsEqual($1) { $0.bitPattern == $1.bitPattern } }
    }
}
