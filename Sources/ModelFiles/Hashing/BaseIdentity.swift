/// Which base and tokenizer something was trained on, as its files say.
package struct BaseIdentity: Sendable, Equatable {
    package let baseSHA256: String
    package let tokenizerSHA256: String
    /// What older files name the same tokenizer by; never written.
    package let tokenizerSHA256Version1: String?

    package init(baseSHA256: String, tokenizerSHA256: String, tokenizerSHA256Version1: String? = nil) {
        self.baseSHA256 = baseSHA256
        self.tokenizerSHA256 = tokenizerSHA256
        self.tokenizerSHA256Version1 = tokenizerSHA256Version1
    }

    /// Of what is trained on this base.
    package init(_ base: BaseHash) {
        self.init(
            baseSHA256: base.sha256, tokenizerSHA256: base.tokenizerSHA256,
            tokenizerSHA256Version1: base.tokenizerSHA256Version1)
    }
}
