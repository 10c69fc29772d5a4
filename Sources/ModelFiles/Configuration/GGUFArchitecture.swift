/// How llama.cpp writes one architecture, against Hugging Face's names and layout.
///
/// Names as in the gguf package's `tensor_mapping.py`, layouts as in llama.cpp's `convert_hf_to_gguf.py`.
package struct GGUFArchitecture: Sendable {
    /// GGUF's `general.architecture`.
    package let name: String
    /// Modules outside the layers, GGUF's name to Hugging Face's.
    let outer: [String: String]
    /// What stands before a layer's number in Hugging Face's names.
    let layerPrefix: String
    /// Modules of layer i: `blk.i.KEY.weight` is `PREFIX i.VALUE.weight`, and so for biases.
    let perLayer: [String: String]
    /// GGUF modules whose rows llama.cpp reorders for its rotary kernel.
    package var permuted: Set<String> = []
    /// GGUF modules whose weights Hugging Face stores transposed.
    package var transposed: Set<String> = []
    /// Whether Hugging Face stores the norms' weights as w − 1.
    package var normsAddOne = false
    /// Tensors that are not weights of a module.
    package var ignored: Set<String> = []
    /// The metadata key of the norms' epsilon.
    package var epsilonKey = "attention.layer_norm_rms_epsilon"
    /// Kinds of rotary scaling that `members` reads; files with any other are refused.
    package var rotaryScalings: Set<String> = ["none"]
    /// Whether `members` reads `GGUFFields.frequencyFactors`; else files that hold it are refused.
    package var readsFrequencyFactors = false
    /// Whether `members` reads how much of a head is rotated; else files that rotate a part are refused.
    package var readsRotatedShare = false
    /// Whether a GGUF can be written from a Hugging Face folder, not only with some tensors of one replaced.
    package var isWritten = false
    /// Members of the config.json that is written for a base in GGUF, where `members` has none of the key.
    package var writtenMembers: [JSONObject.Member] = []
    /// What only this family has: the members that its config.json has for a file's metadata and tensors. What a
    /// converter does not write, llama.cpp knows of the architecture: its `llama-model.cpp`.
    package var members: @Sendable (GGUFFields, ModelConfiguration) throws -> [JSONObject.Member] = { _, _ in [] }

    /// - Parameters: see the members of the same names.
    package init(name: String, outer: [String: String], layerPrefix: String, perLayer: [String: String]) {
        self.name = name
        self.outer = outer
        self.layerPrefix = layerPrefix
        self.perLayer = perLayer
    }

    /// This with some of it changed.
    package func with(_ change: (inout GGUFArchitecture) -> Void) -> GGUFArchitecture {
        var architecture = self
        change(&architecture)
        return architecture
    }

    /// The Hugging Face name of a GGUF tensor, and its layout; nil for one that the architecture does not have.
    func huggingFaceName(_ name: String) -> (name: String, layout: GGUFLayout)? {
        let (module, kind) = Self.split(name)
        guard let kind else { return nil }
        if let known = outer[module] { return (known + kind, layout(module, kind)) }
        let parts = module.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "blk", let layer = Int(parts[1]), String(layer) == parts[1],
            let known = perLayer[String(parts[2])]
        else { return nil }
        return ("\(layerPrefix)\(layer).\(known)\(kind)", layout(String(parts[2]), kind))
    }

    /// The GGUF name of a Hugging Face tensor, and its layout; nil for one that the architecture does not have.
    package func ggufName(_ name: String) -> (name: String, layout: GGUFLayout)? {
        let (module, kind) = Self.split(name)
        guard let kind else { return nil }
        if let known = outer.first(where: { $0.value == module })?.key { return (known + kind, layout(known, kind)) }
        guard module.hasPrefix(layerPrefix) else { return nil }
        let parts = module.dropFirst(layerPrefix.count).split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let layer = Int(parts[0]), String(layer) == parts[0],
            let known = perLayer.first(where: { $0.value == parts[1] })?.key
        else { return nil }
        return ("blk.\(layer).\(known)\(kind)", layout(known, kind))
    }

    private func layout(_ module: String, _ kind: String) -> GGUFLayout {
        if permuted.contains(module) { return .rotaryPairs }
        guard kind == ".weight" else { return .same }
        if transposed.contains(module) { return .transposed }
        return normsAddOne && module.hasSuffix("norm") ? .plusOne : .same
    }

    /// A tensor's module, and `.weight` or `.bias`.
    private static func split(_ name: String) -> (module: String, kind: String?) {
        for kind in [".weight", ".bias"] where name.hasSuffix(kind) { return (String(name.dropLast(kind.count)), kind) }
        return (name, nil)
    }
}
