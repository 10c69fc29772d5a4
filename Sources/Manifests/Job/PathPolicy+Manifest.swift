import Common
import Foundation

extension PathPolicy {
    /// Every path of a manifest that is missing, of the wrong kind, or leaves the allowed roots, each with its place.
    package func check(_ document: ManifestDocument) -> [Diagnostic] {
        let manifest = document.manifest
        var diagnostics = DiagnosticList()
        let files: [(String, String?)] =
            manifest.dataset.train.keys.map { ($0.key, $0.path) } + [
                ("dataset.validation", manifest.dataset.validation), ("evaluation.data", manifest.evaluation.data),
                ("regression.prompts", manifest.regression.prompts),
            ]
        // One that could not be read is empty, and was told by whoever read the manifest.
        if !manifest.base.path.isEmpty {
            check("base.path", manifest.base.path, isData: false, document, &diagnostics)
        }
        for (key, path) in files {
            guard let path, !path.isEmpty else { continue }
            check(key, path, isData: true, document, &diagnostics)
        }
        for (key, path) in manifest.dataset.chatTemplateFiles {
            check(key, path, isData: true, holding: "a template", document, &diagnostics)
        }
        if let path = manifest.dataset.tools, !path.isEmpty {
            check("dataset.tools", path, isData: true, holding: "tools", document, &diagnostics)
        }
        if let path = manifest.adapter.initFolder {
            check("adapter.init_from", path, isData: false, holding: "an adapter", document, &diagnostics)
        }
        return diagnostics.sorted
    }

    private func check(
        _ key: String, _ path: String, isData: Bool, holding content: String = "JSON lines",
        _ document: ManifestDocument, _ diagnostics: inout DiagnosticList
    ) {
        let position = document.position(of: key)
        do {
            let resolved = try resolve(path)
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: resolved, isDirectory: &isFolder)
            if isData && isFolder.boolValue {
                diagnostics.add(position, "\(key) \(Shown.quoted(path)) is a folder; expected a file of \(content)")
            } else if key == "adapter.init_from" && !isFolder.boolValue {
                diagnostics.add(position, "\(key) \(Shown.quoted(path)) is no folder of \(content)")
            } else if !isData && !isFolder.boolValue && !path.lowercased().hasSuffix(".gguf") {
                diagnostics.add(
                    position, "\(key) \(Shown.quoted(path)) is neither a model folder nor a .gguf file")
            } else if !isData, isFolder.boolValue {
                try checkEntries(of: resolved)
            }
        } catch let error as ManifestsError {
            let hint = error.code == .missing ? Self.hint(path, isData: isData) : nil
            let details = [error.cause, error.advice, hint].compactMap { $0 }.joined(separator: " ")
            diagnostics.add(position, "\(key): \(error.message)\(details.isEmpty ? "" : " " + details)")
        } catch {
            diagnostics.add(position, "\(key): \(error.localizedDescription)")
        }
    }
}

extension PathPolicy {
    /// What may have been meant by a path that leads nowhere; nil where there is no telling.
    private static func hint(_ path: String, isData: Bool) -> String? {
        if path.contains("$") { return "Variables are not expanded; write the path out." }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        // `org/model`, as hubs name their models.
        let isHubName =
            !isData && parts.count == 2 && !parts.contains { $0.isEmpty || $0 == "." }
            && !path.lowercased().hasSuffix(".gguf")
        return isHubName ? "lorad downloads nothing; fetch the model and name its folder." : nil
    }

    /// Checks that no file of a base's folder is a link that leaves the allowed roots: what is read through one would be
    /// published with the merged model.
    private func checkEntries(of folder: String) throws {
        for name in try Self.links(in: folder) {
            do { _ = try resolve(folder + "/" + name) } catch let error as ManifestsError where error.code == .forbidden
            {
                throw ManifestsError(
                    .forbidden, "its file \(Shown.quoted(name)) is a link that leads outside what jobs may read.",
                    cause: [error.message, error.cause].compactMap(\.self).joined(separator: " "),
                    advice: error.advice)
            } catch let error as ManifestsError where error.code == .missing {
                // A link to nothing is as good as no file.
                continue
            }
        }
    }

    /// The links in a base's folder, and in that of its further templates, relative to it.
    ///
    /// - Throws: where there is no such folder.
    package static func links(in folder: String) throws -> [String] {
        let files = FileManager.default
        func isLink(_ name: String) -> Bool {
            (try? files.destinationOfSymbolicLink(atPath: folder + "/" + name)) != nil
        }
        let templates = "additional_chat_templates"
        let more = (try? files.contentsOfDirectory(atPath: folder + "/" + templates)) ?? []
        return (try files.contentsOfDirectory(atPath: folder) + more.map { "\(templates)/\($0)" }).sorted()
            .filter(isLink)
    }
}

extension ManifestDocument {
    /// The names in `notify` that lorad.yaml does not define.
    package func checkHooks(known: [String]) -> [Diagnostic] {
        var diagnostics = DiagnosticList()
        let elements = tree["notify"]?.elements ?? []
        for (index, name) in (manifest.notify ?? []).enumerated() where !known.contains(name) {
            let close = Suggestion.closest(to: name, among: known).map { "; did you mean \($0)?" }
            let list = known.isEmpty ? "; it defines none" : "; it defines \(known.joined(separator: ", "))"
            diagnostics.add(
                index < elements.count ? elements[index].position : position(of: "notify"),
                "lorad.yaml defines no hook \(Shown.quoted(name))\(close ?? list)")
        }
        return diagnostics.sorted
    }
}
