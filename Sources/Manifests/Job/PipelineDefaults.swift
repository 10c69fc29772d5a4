import Common
import Foundation

/// `pipeline: NAME`: defaults from another file of the same schema.
enum PipelineDefaults {
    /// The manifest's tree over its pipeline's: mappings merge key by key, anything else is replaced whole. The short
    /// form of `dataset` is spelt out, so that it merges too.
    static func apply(to manifest: YAMLNode, folder: String, diagnostics: inout DiagnosticList) -> YAMLNode {
        let own = ManifestShorthand.expanded(manifest)
        guard let name = own["pipeline"] else { return own }
        guard let file = file(for: name, in: folder, diagnostics: &diagnostics) else { return own }
        let bytes: [UInt8]
        do {
            bytes = try SourceFile.read(file)
        } catch {
            let text = (error as? any Fault)?.sentences.joined(separator: " ") ?? error.localizedDescription
            diagnostics.add(name.position, "the pipeline cannot be read: \(text)")
            return own
        }
        guard let defaults = YAMLComposer.compose(bytes, file: file, diagnostics: &diagnostics) else { return own }
        guard defaults.entries != nil else {
            diagnostics.add(
                defaults.position, "a pipeline is a mapping of a manifest's keys; found \(Shown.kind(of: defaults))")
            return own
        }
        if let nested = defaults.entry("pipeline") {
            diagnostics.add(nested.position, "a pipeline takes no defaults from another one")
        }
        return merge(own, over: ManifestShorthand.expanded(defaults))
    }

    private static func file(for name: YAMLNode, in folder: String, diagnostics: inout DiagnosticList) -> String? {
        var context = ReadingContext(diagnostics: diagnostics, paths: [])
        let text = Kind.name(example: "sft").read(name, &context, "pipeline")
        diagnostics = context.diagnostics
        guard let text else { return nil }
        let path = URL(fileURLWithPath: folder).appendingPathComponent("\(text).yaml").relativePath
        if FileManager.default.fileExists(atPath: path) { return shown(folder, text) }
        let known = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
        let close = Suggestion.closest(to: text, among: known).map { "; did you mean \($0)?" }
        let list = known.isEmpty ? "; the folder holds none" : "; there are \(known.joined(separator: ", "))"
        diagnostics.add(name.position, "there is no pipeline \(shown(folder, text))\(close ?? list)")
        return nil
    }

    private static func shown(_ folder: String, _ name: String) -> String {
        folder.isEmpty || folder == "." ? "\(name).yaml" : "\(folder)/\(name).yaml"
    }

    /// Keys of which the upper tree's one displaces the lower tree's other.
    private static let alternatives = [
        ["max_steps", "epochs"], ["warmup_steps", "warmup_ratio"], ["min_lr", "min_lr_rate"],
    ]

    static func merge(_ upper: YAMLNode, over lower: YAMLNode) -> YAMLNode {
        guard let upperEntries = upper.entries else {
            // A section whose lines are all commented out says nothing; a blank scalar is a mistake to report.
            return upper.isBlank && lower.scalar == nil ? lower : upper
        }
        guard var entries = lower.entries else { return upper }
        for group in alternatives where group.contains(where: { upper[$0] != nil }) {
            entries.removeAll { group.contains($0.key) }
        }
        for entry in upperEntries {
            if let index = entries.firstIndex(where: { $0.key == entry.key }) {
                let value = merge(entry.value, over: entries[index].value)
                entries[index] = YAMLEntry(entry.key, value, at: entry.position)
            } else {
                entries.append(entry)
            }
        }
        return YAMLNode(.mapping(entries), at: upper.position)
    }
}

/// Spells out what a manifest may say shortly.
enum ManifestShorthand {
    /// `dataset: FILE` as `dataset: {train: FILE}`.
    static func expanded(_ root: YAMLNode) -> YAMLNode {
        guard var entries = root.entries, let index = entries.firstIndex(where: { $0.key == "dataset" }),
            case .string = entries[index].value.scalar?.value
        else { return root }
        let file = entries[index].value
        entries[index].value = YAMLNode(.mapping([YAMLEntry("train", file, at: file.position)]), at: file.position)
        return YAMLNode(.mapping(entries), at: root.position)
    }
}
