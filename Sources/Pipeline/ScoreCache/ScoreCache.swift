import Common
import Foundation

/// What models scored and answered in earlier jobs of a name, and what this one computes. As with tokenized rows, a job
/// writes to its work folder alone; what it made is kept by whoever runs it, see `RowCacheFolder`.
package struct ScoreCache: Sendable {
    /// Where the job makes files.
    let made: String
    /// Where those of earlier jobs lie, which are only read; nil for none.
    let kept: String?

    /// Where a job with this work folder makes files.
    package static func made(in workFolder: String) -> String { workFolder + "/scores" }

    package init(made: String, kept: String?) { (self.made, self.kept) = (made, kept) }

    /// What was kept under a key; nil where nothing was, or where it cannot be used, which the log hears.
    ///
    /// - Parameter admits: whether it can be what is asked for.
    func scores(
        _ key: ScoreKey, admits: (StoredScores) -> Bool, log: (String) -> Void
    ) -> StoredScores? {
        let name = Self.name(key)
        for folder in [made, kept].compactMap(\.self) where FileSystem.exists(folder + "/" + name) {
            let path = folder + "/" + name
            do {
                guard let bytes = BoundedFile.read(path, limit: ScoreFile.mostBytes) else {
                    throw PipelineError(.missing, "\(path) cannot be read.")
                }
                let file = try ScoreFile.decode([UInt8](bytes), path)
                guard file.key == key, admits(file.scores) else {
                    log("computed again: \(path) says that it is of something else.")
                    continue
                }
                if folder == kept { noteUse(of: name) }
                return file.scores
            } catch {
                log("computed again: " + ErrorLines.of(error).joined(separator: " "))
            }
        }
        return nil
    }

    /// Leaves what was computed for later jobs. Where that cannot be done the log hears of it: nothing else rests on it.
    func keep(_ scores: StoredScores, _ key: ScoreKey, log: (String) -> Void) {
        guard let bytes = ScoreFile.encode(scores, key) else {
            return log("\(scores.count) scores are not kept: they are more than a file of scores holds")
        }
        do {
            try FileSystem.makePrivateFolder(made)
            try AtomicFile.write(Data(bytes), to: made + "/" + Self.name(key))
        } catch {
            log("\(scores.count) scores are not kept: " + ErrorLines.of(error).joined(separator: " "))
        }
    }

    static func name(_ key: ScoreKey) -> String {
        "\(key.recipe.prefix(RowCacheFolder.digits))-\(key.asked.prefix(RowCacheFolder.digits))\(RowCacheFolder.endingOfScores)"
    }

    /// Tells whoever runs the job that a file was of use: it is not this process's to touch.
    private func noteUse(of name: String) {
        try? FileSystem.makePrivateFolder(made)
        try? Durable.writeNew(Data(), to: made + "/" + name + RowCacheFolder.used)
    }
}
