/// A word of `adapter.targets` that names no module, as PEFT has it too.
package enum TargetWord {
    /// Stands for every linear projection.
    package static let allLinear = "all-linear"
}
