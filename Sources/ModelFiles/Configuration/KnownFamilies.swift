import Common

/// The families whose bases can be read; each `model_type`, and each architecture of GGUF, is there once.
package struct KnownFamilies: Sendable {
    package let all: [FamilyFiles]

    package init(_ all: [FamilyFiles]) { self.all = all }

    /// By name.
    package var modelTypes: [String] { all.map(\.modelType).sorted() }

    /// The family of `modelType`; nil for one that lorad does not compute.
    package func find(_ modelType: String) -> FamilyFiles? { all.first { $0.modelType == modelType } }

    /// The family of `modelType`.
    ///
    /// - Parameter source: the file that names it, for messages.
    /// - Throws: `ModelFilesError.unsupported`, naming what is supported.
    func named(_ modelType: String, in source: String) throws -> FamilyFiles {
        if let family = find(modelType) { return family }
        let closest = Suggestion.closest(to: modelType, among: modelTypes)
        throw ModelFilesError(
            .unsupported, "\(source): the model type \(quoted(modelType)) is not supported.",
            advice: "lorad computes: \(modelTypes.joined(separator: ", "))."
                + (closest.map { " The closest is \($0)." } ?? ""))
    }

    /// The family whose architecture a GGUF names.
    ///
    /// - Throws: `ModelFilesError.malformed` where the file names none, `.unsupported` for one that lorad does not
    ///   read.
    func family(of gguf: GGUFFile) throws -> (family: FamilyFiles, architecture: GGUFArchitecture) {
        guard let name = gguf.metadata["general.architecture"]?.stringValue else {
            throw ModelFilesError(.malformed, "\(gguf.location) does not name its general.architecture.")
        }
        for family in all {
            if let architecture = family.gguf.architecture, architecture.name == name { return (family, architecture) }
        }
        _ = try named(name, in: gguf.location)
        throw ModelFilesError(.unsupported, "\(gguf.location): the architecture \(quoted(name)) is not read from GGUF.")
    }
}
