/// The last line of `lorad run`'s stdout, with `--json` and without: a contract that scripts rest on.
struct RunAnswer: Codable {
    /// `succeeded`, `failed` or `rejected`.
    let status: String
    /// The published run; absent where there is none.
    let runFolder: String?
    let reason: String?

    enum CodingKeys: String, CodingKey {
        case status, reason
        case runFolder = "run_dir"
    }
}
