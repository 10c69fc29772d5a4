/// By what key published runs are signed: `signing` of lorad.yaml.
package struct SigningConfiguration: Section {
    /// The file of a private key of ECDSA over P-256 in PEM; the worker demands mode 0600. Nil: runs are not signed.
    package var keyFile: String?

    package init() {}

    static let fields: [Field<SigningConfiguration>] = [
        .optional(
            "key_file", \.keyFile, .path(example: "/etc/lorad/signing.pem"), absent: "runs are not signed",
            "The file of a private key (ECDSA over P-256, PEM, mode 0600) by which published runs are signed: `model.sig` "
                + "and `provenance.intoto.jsonl`.")
    ]
}
