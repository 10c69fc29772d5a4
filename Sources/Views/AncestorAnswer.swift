import Registry

/// One adapter of a line, `lorad registry ancestry --json`.
package struct AncestorAnswer: Encodable {
    /// `NAME@VERSION`; absent where it is no version.
    package let reference: String?
    package let path: String
    /// Of its weights.
    package let sha256: String

    package init(_ ancestor: Ancestor) {
        reference = ancestor.version?.reference
        path = ancestor.path
        sha256 = ancestor.sha256
    }
}
