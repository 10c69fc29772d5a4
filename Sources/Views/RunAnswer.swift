/// The last line of `lorad run`'s stdout, with `--json` and without: a contract that scripts rest on.
package struct RunAnswer: Codable {
    /// `succeeded`, `failed` or `rejected`.
    package let status: String
    /// The published run; absent where there is none.
    package let runFolder: String?
    package let reason: String?
    /// The job in the ledger; absent where the manifest could not become one.
    package let job: String?

    private enum CodingKeys: String, CodingKey {
        case status, reason, job
        case runFolder = "run_dir"
    }

    package init(status: String, runFolder: String?, reason: String?, job: String? = nil) {
        self.status = status
        self.runFolder = runFolder
        self.reason = reason
        self.job = job
    }
}
