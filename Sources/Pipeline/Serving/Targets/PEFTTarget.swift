import Adapters
import Common
import ModelFiles

extension ExportTarget {
    /// The adapter alone, as PEFT's `PeftModel.from_pretrained` and everything built on it load it.
    static let peft = ExportTarget(name: "peft", summary: "the adapter's folder, for PEFT", options: []) {
        subject, folder in
        let adapter = try PEFTFolder.copy(subject, to: folder)
        return Exported(model: "", modules: adapter.modules.count, notes: PEFTFolder.notes(folder))
    }
}

/// An adapter's files as PEFT has them: byte for byte those of its folder.
enum PEFTFolder {
    private static let card = "README.md"

    /// Copies the files, and loads the adapter from the copy.
    ///
    /// - Throws: as `ExportSubject.load`; as `ExactCopy`.
    static func copy(_ subject: ExportSubject, to folder: String) throws -> Adapter {
        for name in Adapter.fileNames + [card] {
            let source = "\(subject.adapterFolder)/\(name)"
            guard name != card || FileSystem.exists(source) else { continue }
            try ExactCopy.write(source, to: "\(folder)/\(name)")
        }
        return try subject.load(from: folder).adapter
    }

    static func notes(_ folder: String) -> [String] {
        guard !FileSystem.exists("\(folder)/\(card)") else { return [] }
        return ["The adapter's folder holds no card (\(card)); none was written."]
    }
}
