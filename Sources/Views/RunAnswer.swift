/// The last line of `lorad run`'s stdout, with `--json` and without: a contract that scripts rest on.
package struct RunAnswer: Codable {
    /// `succeeded`, `failed` or `rejected`.
    package let status: String
    /// The published run; absent where there is none.
    package let runFolder: String?
    package let reason: String?

    private enum CodingKeys: String, CodingKey {
        case status, reason
        case runFolder = "run_dir"
    }

    package init(status: String, runFolder: String?, reason: String?) {
        self.status = status
        self.runFolder = runFolder
        self.reason = reason
    }
}
