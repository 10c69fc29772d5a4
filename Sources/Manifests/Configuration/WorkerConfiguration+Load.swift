import Foundation

extension WorkerConfiguration {
    /// lorad.yaml at `path`. Throws a `ManifestsError` as a manifest does; an absent file is `missing`, and the caller
    /// decides whether the defaults do.
    package static func load(path: String) throws -> WorkerConfiguration {
        var configuration = try load(bytes: SourceFile.read(path), file: path)
        configuration.ownFiles = [path]
        return configuration
    }

    /// lorad.yaml from its bytes; an empty text means the defaults.
    package static func load(bytes: [UInt8], file: String) throws -> WorkerConfiguration {
        if bytes.allSatisfy({ $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: " ") }) { return WorkerConfiguration() }
        var diagnostics = DiagnosticList()
        guard let tree = YAMLComposer.compose(bytes, file: file, diagnostics: &diagnostics) else {
            throw ManifestsError(mistakesIn: file, diagnostics.sorted)
        }
        if tree.entries == nil {
            diagnostics.add(
                tree.position, "lorad.yaml is a mapping with the keys inbox, outbox, …; found \(Shown.kind(of: tree))")
        }
        var context = ReadingContext(diagnostics: diagnostics, paths: reference.map(\.path))
        let configuration = read(tree, &context)
        guard context.diagnostics.isEmpty else { throw ManifestsError(mistakesIn: file, context.diagnostics.sorted) }
        return configuration
    }

    /// Every key with type, default and meaning.
    package static var reference: [FieldDescription] { Self.fields.flatMap { $0.description.flattened() } }

    /// What a manifest's paths may lead to, on this machine.
    package func pathPolicy(workingFolder: String = FileManager.default.currentDirectoryPath) -> PathPolicy {
        PathPolicy(workingFolder: workingFolder, roots: allowedRoots, protected: protectedPaths)
    }
}
