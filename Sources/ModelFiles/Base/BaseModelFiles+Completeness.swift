extension BaseModelFiles {
    /// Checks that the tensors are exactly `expected` (Hugging Face name to shape) and of types that lorad reads;
    /// of what is not expected, some may be ignored.
    ///
    /// - Throws: `ModelFilesError.mismatch` listing all that is missing, unexpected, misshapen or unreadable.
    package func verifyComplete(
        expected: [String: [Int]], ignoring isIgnored: (String) -> Bool = { _ in false }
    ) throws {
        var complaints: [String] = []
        for (name, shape) in expected.sorted(by: { ExactString($0.key) < ExactString($1.key) }) {
            guard let info = info(name) else {
                complaints.append("\(name) is missing")
                continue
            }
            if info.shape != shape { complaints.append("\(name) has the shape \(info.shape), not \(shape)") }
            if !info.dtype.isReadable { complaints.append("\(name) is stored as \(info.dtype.rawValue)") }
        }
        complaints += tensorNames.filter { expected[$0] == nil && !isIgnored($0) }
            .map { "\(quoted($0)) is unexpected" }
        guard !complaints.isEmpty else { return }
        let shown = 20
        let rest = complaints.count > shown ? "; and \(complaints.count - shown) more" : ""
        throw ModelFilesError(
            .mismatch,
            "\(path) is not a complete \(configuration.modelType) model: "
                + complaints.prefix(shown).joined(separator: "; ") + rest + ".",
            advice: "lorad reads \(FileDType.readableNames); the shapes follow from the configuration.")
    }
}
