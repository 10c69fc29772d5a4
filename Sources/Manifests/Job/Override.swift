/// `--set key=value`: one value of a manifest, changed from the command line.
package struct Override: Sendable, Equatable {
    /// The option as typed, which its diagnostics carry in place of a file.
    package let option: String
    /// The keys from the top.
    let keys: [String]
    let value: YAMLNode

    /// Reads `training.max_steps=20`: a dotted path and a YAML value (`20`, `"text"`, `[q_proj, v_proj]`, `null`).
    /// Throws `invalid`, naming the option.
    package init(_ text: String) throws {
        let option = "--set \(text)"
        let position = SourcePosition(file: option, line: 0, column: 0)
        func refuse(_ message: String) -> ManifestsError {
            ManifestsError(mistakesIn: option, [Diagnostic(position, message)])
        }
        guard let equals = text.firstIndex(of: "=") else {
            throw refuse("expected key=value, such as training.max_steps=20")
        }
        let keys = text[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard keys.allSatisfy({ !$0.isEmpty }) else {
            throw refuse("the key before = is not a dotted path, such as training.max_steps")
        }
        let written = String(text[text.index(after: equals)...])
        var diagnostics = DiagnosticList()
        let node: YAMLNode?
        if written.allSatisfy(\.isWhitespace) {
            node = YAMLNode(.scalar(YAMLScalar(plain: "")), at: position)
        } else {
            node = YAMLComposer.compose(Array(written.utf8), file: option, diagnostics: &diagnostics)
        }
        guard let node, diagnostics.isEmpty else {
            throw refuse(diagnostics.sorted.first?.message ?? "the value after = is not YAML")
        }
        self.option = option
        self.keys = keys
        value = node.placed(at: position)
    }

    /// The tree with the value in its place. Mappings on the way are made where they are missing.
    func apply(to root: YAMLNode, diagnostics: inout DiagnosticList) -> YAMLNode {
        var lower = ManifestShorthand.expanded(root)
        for depth in 1..<max(keys.count, 1) {
            let parent = keys[..<depth].joined(separator: ".")
            guard let node = lower[parent], node.entries == nil else { continue }
            diagnostics.add(value.position, "\(parent) is \(Shown.kind(of: node)); only a mapping's keys can be set")
            return root
        }
        lower = lower.clearing(keys)
        let upper = keys.reversed().reduce(value) { inner, key in
            YAMLNode(.mapping([YAMLEntry(key, inner, at: value.position)]), at: value.position)
        }
        var merged = PipelineDefaults.merge(ManifestShorthand.expanded(upper), over: lower)
        merged.position = root.position
        return merged
    }

    /// The manifest's text with the overrides in it, for `lorad submit --set`. Comments and layout of the original are
    /// lost. Throws `invalid` where the text is not YAML or an override has no place in it.
    package static func edit(bytes: [UInt8], file: String, overrides: [Override]) throws -> String {
        var diagnostics = DiagnosticList()
        var tree = YAMLComposer.compose(bytes, file: file, diagnostics: &diagnostics)
        for override in overrides {
            tree = tree.map { override.apply(to: $0, diagnostics: &diagnostics) }
        }
        guard let tree, diagnostics.isEmpty else { throw ManifestsError(mistakesIn: file, diagnostics.sorted) }
        return YAMLWriter.text(tree)
    }
}

extension YAMLNode {
    /// The same value, all of it at one place.
    fileprivate func placed(at position: SourcePosition) -> YAMLNode {
        switch content {
        case .scalar: YAMLNode(content, at: position)
        case .sequence(let elements): YAMLNode(.sequence(elements.map { $0.placed(at: position) }), at: position)
        case .mapping(let entries):
            YAMLNode(
                .mapping(entries.map { YAMLEntry($0.key, $0.value.placed(at: position), at: position) }), at: position)
        }
    }

    /// The tree with null under `keys`, so that setting a mapping replaces it whole and in its place.
    fileprivate func clearing(_ keys: [String]) -> YAMLNode {
        guard let first = keys.first, var entries, let index = entries.firstIndex(where: { $0.key == first }) else {
            return self
        }
        if keys.count == 1 {
            entries[index].value = YAMLNode(.scalar(YAMLScalar(plain: "null")), at: entries[index].position)
        } else {
            entries[index].value = entries[index].value.clearing(Array(keys.dropFirst()))
        }
        return YAMLNode(.mapping(entries), at: position)
    }
}
