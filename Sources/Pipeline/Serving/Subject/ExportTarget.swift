/// A form in which an adapter is handed to what serves it. Each has a file of its own in `Targets/`, and its place in
/// `ExportTargets.all`; nothing else names one.
package struct ExportTarget: Sendable {
    /// As `--to` spells it.
    package let name: String
    /// What is written, in a few words.
    package let summary: String
    /// Those of the options that it takes.
    let options: Set<ExportOption>
    /// Writes the files into an existing empty folder and reads them back.
    ///
    /// - Throws: `PipelineError.rejected` for what the form cannot hold, `.failed` where what was written is not what it
    ///   should be; as reading and writing the files.
    let write: @Sendable (_ subject: ExportSubject, _ folder: String) throws -> Exported
}
