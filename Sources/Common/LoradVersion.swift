/// What `lorad --version` prints and a run records.
package enum LoradVersion {
    package static let current = "0.1.0"
}
