import Manifests
import Pipeline

/// What is wrong with a manifest, `lorad validate --json`.
package struct ValidationAnswer: Encodable {
    package let manifest: String
    package let mistakes: [Diagnostic]
    /// What the job comes to; only with `--deep`, and without mistakes.
    package let job: JobCheck?

    package init(manifest: String, mistakes: [Diagnostic], job: JobCheck? = nil) {
        self.manifest = manifest
        self.mistakes = mistakes
        self.job = job
    }
}
