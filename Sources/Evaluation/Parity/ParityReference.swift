/// What the base with its adapter said: the texts, and on disk its logits at every prompt and generated position.
package final class ParityReference {
    /// One generation a prompt, in order.
    package let generations: [Generation]
    let logits: LogitFile
    /// The largest |logit| of all rows: the scale that rounding errors are relative to.
    let largestLogit: Double

    init(generations: [Generation], logits: LogitFile, largestLogit: Double) {
        self.generations = generations
        self.logits = logits
        self.largestLogit = largestLogit
    }
}
