import Foundation

/// A manifest that was read without a mistake, and where each of its values stands, for checks that come later.
package struct ManifestDocument: Sendable {
    /// The manifest itself.
    package let manifest: JobManifest
    /// The file's name as given.
    package let file: String
    /// The tree with the pipeline's defaults and the overrides in it; every node keeps the place it was written at.
    let tree: YAMLNode

    /// Where the value under a dotted path (`training.seed`, `gates[1].slice`) was written, or else what holds it; the
    /// manifest's start for a default.
    package func position(of path: String) -> SourcePosition {
        var place = SourcePosition(file: file, line: 1, column: 1)
        var node = tree
        for key in path.split(whereSeparator: { ".[]".contains($0) }) {
            let element = Int(key).flatMap { index in
                node.elements.flatMap { $0.indices.contains(index) ? $0[index] : nil }
            }
            guard let next = element ?? node.entry(String(key))?.value, !next.isNull else { return place }
            (node, place) = (next, next.position)
        }
        return place
    }
}

extension ManifestDocument {
    /// Reads a manifest's file. Throws `missing` or `unreadable` for the file, `invalid` with every mistake in it.
    ///
    /// - Parameters:
    ///   - pipelinesFolder: where `pipeline: NAME` is looked up as `NAME.yaml`.
    ///   - overrides: `key=value` options; they win over the manifest, which wins over its pipeline.
    ///   - alsoChecking: finds mistakes that take more than the text. It is asked of a manifest with other mistakes too,
    ///     so that all are told at once; what could not be read is then empty or nil.
    package static func load(
        path: String, pipelinesFolder: String, overrides: [Override] = [],
        alsoChecking check: (ManifestDocument) -> [Diagnostic] = { _ in [] }
    ) throws -> ManifestDocument {
        let bytes = try SourceFile.read(path)
        return try load(
            bytes: bytes, file: path, pipelinesFolder: pipelinesFolder, overrides: overrides, alsoChecking: check)
    }

    /// Reads a manifest from its bytes; `file` is the name that diagnostics carry.
    package static func load(
        bytes: [UInt8], file: String, pipelinesFolder: String, overrides: [Override] = [],
        alsoChecking check: (ManifestDocument) -> [Diagnostic] = { _ in [] }
    ) throws -> ManifestDocument {
        var diagnostics = DiagnosticList()
        guard var tree = YAMLComposer.compose(bytes, file: file, diagnostics: &diagnostics) else {
            throw ManifestsError(mistakesIn: file, diagnostics.sorted)
        }
        guard tree.entries != nil else {
            diagnostics.add(
                tree.position,
                "a manifest is a mapping with the keys name, base, dataset, …; found \(Shown.kind(of: tree))")
            throw ManifestsError(mistakesIn: file, diagnostics.sorted)
        }
        for override in overrides {
            tree = override.apply(to: tree, diagnostics: &diagnostics)
        }
        tree = PipelineDefaults.apply(to: tree, folder: pipelinesFolder, diagnostics: &diagnostics)
        var context = ReadingContext(diagnostics: diagnostics, paths: JobManifest.reference.map(\.path))
        let manifest = JobManifest.read(tree, &context)
        let document = ManifestDocument(manifest: manifest, file: file, tree: tree)
        context.diagnostics.add(check(document))
        guard context.diagnostics.isEmpty else {
            throw ManifestsError(mistakesIn: file, context.diagnostics.sorted)
        }
        return document
    }
}

extension JobManifest {
    /// The manifest in a file, with its pipeline's defaults. Throws a `ManifestsError`, with every mistake.
    package static func load(path: String, pipelinesFolder: String, overrides: [Override] = []) throws -> JobManifest {
        try ManifestDocument.load(path: path, pipelinesFolder: pipelinesFolder, overrides: overrides).manifest
    }

    /// The manifest in a text; `file` is the name that diagnostics carry.
    package static func load(
        text: String, file: String, pipelinesFolder: String, overrides: [Override] = []
    ) throws -> JobManifest {
        try ManifestDocument.load(
            bytes: Array(text.utf8), file: file, pipelinesFolder: pipelinesFolder, overrides: overrides
        ).manifest
    }
}
