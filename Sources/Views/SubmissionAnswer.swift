/// What became of a manifest that was submitted.
struct SubmissionAnswer: Codable {
    enum Status: String, Codable {
        /// It lies in the inbox.
        case submitted
        /// A job of the same content waits, runs or has succeeded, and nothing it reads has changed.
        case repeated
        /// With `--stamp`: data, base and settings are those of the last success.
        case unchanged
    }

    let status: Status
    /// Where a submitted manifest lies until a worker takes it.
    var path: String?
    /// The job that there is already.
    var job: String?
    /// That job's run, where it has one.
    var runFolder: String?

    enum CodingKeys: String, CodingKey {
        case status, path, job
        case runFolder = "run_dir"
    }

    /// Without `--json`: one word for scripts.
    var word: String {
        switch status {
        case .submitted: path ?? ""
        case .repeated: job ?? ""
        case .unchanged: runFolder ?? job ?? ""
        }
    }
}
