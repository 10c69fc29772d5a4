import Common
import Foundation
import Training

/// The tokenized rows that a job makes, and those that earlier jobs of its name left. A job that is confined writes to its
/// work folder alone: what it made is kept by whoever runs it, see `RowCacheFolder`.
package struct RowCache: Sendable {
    /// Where the job makes files of tokenized rows.
    let made: String
    /// Where those of earlier jobs lie, which are only read; nil for none.
    let kept: String?

    /// Where a job with this work folder makes files.
    package static func made(in workFolder: String) -> String { workFolder + "/rows" }

    package init(made: String, kept: String?) { (self.made, self.kept) = (made, kept) }

    /// The name of a file of tokenized rows.
    ///
    /// - Parameters:
    ///   - recipe: the recipe's hash.
    ///   - sha256: of the file of rows.
    static func name(recipe: String, sha256: String) -> String {
        "\(recipe.prefix(RowCacheFolder.digits))-\(sha256.prefix(RowCacheFolder.digits))\(RowCacheFolder.ending)"
    }

    private var folders: [String] { [made, kept].compactMap(\.self) }

    /// Whether anything is there of a recipe, so that it is worth while to hash a file of rows.
    func has(recipe: String) -> Bool {
        let prefix = recipe.prefix(RowCacheFolder.digits) + "-"
        return folders.contains { folder in
            ((try? FileSystem.names(in: folder)) ?? []).contains { $0.hasPrefix(prefix) }
        }
    }

    /// What was made of a file of rows by a recipe; nil where it was not, or cannot be used, which the log hears.
    func open(recipe: String, sha256: String, log: (String) -> Void) -> TokenizedFile? {
        find(recipe, sha256, log) { path in
            let file = try TokenizedFile(path)
            return file.notes.recipe == recipe && file.notes.sha256 == sha256 ? file : nil
        }
    }

    /// What is remembered of a file's texts by a recipe; nil where nothing is, or it cannot be used, which the log hears.
    func texts(recipe: String, sha256: String, log: (String) -> Void) -> RememberedTexts? {
        find(recipe, sha256, log) { try RememberedTextsFile.read($0, recipe: recipe, sha256: sha256) }
    }

    /// Remembers a file's texts.
    ///
    /// - Throws: `SystemError.unwritable`.
    func keep(_ texts: RememberedTexts, recipe: String, sha256: String) throws {
        try FileSystem.makePrivateFolder(made)
        let path = made + "/" + Self.name(recipe: recipe, sha256: sha256)
        try RememberedTextsFile.write(texts, recipe: recipe, sha256: sha256, to: path)
    }

    /// - Parameter open: gives nil for a file that says of itself that it is another one.
    private func find<File>(
        _ recipe: String, _ sha256: String, _ log: (String) -> Void, _ open: (String) throws -> File?
    ) -> File? {
        let name = Self.name(recipe: recipe, sha256: sha256)
        for folder in folders where FileSystem.exists(folder + "/" + name) {
            do {
                guard let file = try open(folder + "/" + name) else {
                    log("\(folder)/\(name) says that it is of other rows: they are tokenized again")
                    continue
                }
                if folder == kept { noteUse(of: name) }
                return file
            } catch {
                log("tokenized again: " + ErrorLines.of(error).joined(separator: " "))
            }
        }
        return nil
    }

    /// Makes a file of tokenized rows.
    ///
    /// - Parameters:
    ///   - number: of the file of rows, for its name meanwhile.
    ///   - isKept: whether it may be of use for other jobs; asked at its end.
    /// - Throws: `SystemError.unwritable`; as `body` and `TokenizedFile.init`.
    func make(
        _ number: Int, isKept: () -> Bool, _ body: (TokenizedFileWriter) throws -> TokenizedFileNotes
    ) throws -> TokenizedFile {
        try FileSystem.makePrivateFolder(made)
        // What an attempt left that was killed.
        for name in try FileSystem.names(in: made) where name.hasPrefix("source-\(number).") {
            try? FileManager.default.removeItem(atPath: made + "/" + name)
        }
        let path = made + "/source-\(number).made"
        try TokenizedFileWriter.write(to: path, body)
        let file = try TokenizedFile(path)
        guard isKept() else { return file }
        let name = Self.name(recipe: file.notes.recipe, sha256: file.notes.sha256)
        try Durable.renameUnsynchronized(path, to: made + "/" + name)
        return file
    }

    /// Tells whoever runs the job that a file was of use: it is not this process's to touch.
    private func noteUse(of name: String) {
        try? FileSystem.makePrivateFolder(made)
        try? Durable.writeNew(Data(), to: made + "/" + name + RowCacheFolder.used)
    }
}
