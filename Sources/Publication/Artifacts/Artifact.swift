import Reports

/// What a run makes to be used, an adapter or a whole model: files that others load, proven before they are
/// published.
///
/// A job calls its methods in their order. Whatever it measures after `readBack`, it measures on the very files that are
/// published.
package protocol Artifact {
    /// The files that make it up, by their paths in a run's folder: first the one that holds what was trained, the subject
    /// of provenance.json.
    static func files(in folder: String) -> [String]

    /// README.md of a run that succeeded: a model card as the Hugging Face Hub reads it.
    static func card(of report: RunReport) -> String

    /// Writes its files into a run's folder, and what is known of what was trained into the report.
    func write(to folder: String, _ report: inout RunReport) throws

    /// Takes the files in the folder in the place of what was trained.
    func readBack(from folder: String) throws

    /// Makes every check of the files in the folder and notes its figures in the report.
    ///
    /// - Returns: the checks in the order in which they were made; the artifact may be used where all have passed.
    /// - Throws: what keeps a check from being made.
    func verify(in folder: String, _ report: inout RunReport) throws -> [ArtifactCheck]
}

/// One check of an artifact and how it came out.
package struct ArtifactCheck: Sendable, Equatable {
    /// What was checked, such as `parity`.
    package let name: String
    /// Why it failed, one plain sentence; nil where it passed.
    package let reason: String?

    package var passed: Bool { reason == nil }

    /// A check that failed for a reason, or passed where there is none.
    package init(_ name: String, reason: String?) {
        self.name = name
        self.reason = reason
    }
}
