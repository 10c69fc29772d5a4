/// How many names a job's data may make up, and how long: they stand in reports, messages and the ledger.
package enum NameLimits {
    /// Values of `evaluation.slice_by`.
    package static let slices = 1_000
    /// Bytes of one.
    package static let slice = 256
    /// Classes of a data set.
    package static let labels = 10_000
    /// Bytes of a class's name.
    package static let label = 1_024
    /// Regression prompts of a file.
    package static let prompts = 10_000
    /// Bytes of a prompt's id.
    package static let promptID = 256
}
