extension JobManifest {
    /// One key of a manifest as run, with its value as the manifest would spell it.
    package struct Setting: Equatable, Sendable {
        /// `training.learning_rate`
        package let key: String
        package let value: String
    }

    /// Every key that has a value, defaults included, in the manifest's order.
    package var settings: [Setting] { Self.settings(of: node(), at: "") }

    private static func settings(of node: YAMLNode, at path: String) -> [Setting] {
        guard let entries = node.entries, !entries.isEmpty else {
            return [Setting(key: path, value: YAMLWriter.flow(node))]
        }
        return entries.flatMap { settings(of: $0.value, at: path.isEmpty ? $0.key : "\(path).\($0.key)") }
    }
}
