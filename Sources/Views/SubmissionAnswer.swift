/// What became of a manifest that was submitted.
package struct SubmissionAnswer: Codable {
    package enum Status: String, Codable {
        /// It lies in the inbox.
        case submitted
        /// A job of the same content waits, runs or has succeeded, and nothing it reads has changed.
        case repeated
        /// With `--stamp`: data, base and settings are those of the last success.
        case unchanged
    }

    package let status: Status
    /// Where a submitted manifest lies until a worker takes it.
    package var path: String?
    /// The job that there is already, or that a submitted manifest becomes.
    package var job: String?
    /// That job's run, where it has one.
    package var runFolder: String?

    private enum CodingKeys: String, CodingKey {
        case status, path, job
        case runFolder = "run_dir"
    }

    package init(status: Status, path: String? = nil, job: String? = nil, runFolder: String? = nil) {
        self.status = status
        self.path = path
        self.job = job
        self.runFolder = runFolder
    }

    /// Without `--json`: one word for scripts.
    package var word: String {
        switch status {
        case .submitted, .repeated: job ?? ""
        case .unchanged: runFolder ?? job ?? ""
        }
    }
}
