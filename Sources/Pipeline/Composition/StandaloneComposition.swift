import Adapters
import Common
import Foundation
import ModelFiles
import Publication
import Reports
import Tokenizers
import Transformers

/// `lorad compose`: several adapters of one base made into one, written, read back and proven before it appears.
package struct StandaloneComposition {
    /// What came of it.
    package struct Outcome: Encodable, Sendable {
        package let output: String
        package let method: String
        package let rank: Int
        package let modules: Int
        package let parents: [ParentRecord]
        /// Of the base that all are for.
        package let baseSHA256: String
        package let parity: ParityReport

        enum CodingKeys: String, CodingKey {
            case output, method, rank, modules, parents, parity
            case baseSHA256 = "base_sha256"
        }
    }

    private let base: String
    private let parents: [Composition.Parent]
    private let settings: CompositionSettings
    private let hashCache: HashCache
    private let shouldStop: () -> Bool
    private let reporter: JobReporter

    /// - Parameters:
    ///   - hashCache: remembers the base's hash.
    ///   - shouldStop: asked while the adapter is proven; true ends the composition with nothing written.
    ///   - reporter: told how far it is.
    package init(
        base: String, parents: [Composition.Parent], settings: CompositionSettings, hashCache: HashCache,
        shouldStop: @escaping () -> Bool = { false }, reporter: JobReporter = .silent
    ) {
        self.base = base
        self.parents = parents
        self.settings = settings
        self.hashCache = hashCache
        self.shouldStop = shouldStop
        self.reporter = reporter
    }

    /// Writes beside `output`, loads what was written, proves that it merges, and renames into place.
    ///
    /// - Throws: `PipelineError.rejected` where `output` exists, `.failed` where merged weights do not answer as base and
    ///   adapter do, `.interrupted`; as `Composition.compose`; as reading and writing the files. In every case `output` is
    ///   not there.
    package func run(to output: String) throws -> Outcome {
        try PipelineError.requireNothing(at: output)
        let files = try BaseModelFiles(path: base)
        let hash = try HashProgress.ofBase(files, at: base, cache: hashCache, reporter)
        let identity = BaseIdentity(hash)
        let records = try parents.map { try ParentRecord($0) }
        return try Staged.folder(output) { staging in
            let model = try LanguageModel.load(files, dtype: .float32)
            let place = AdapterPlace(files, hash)
            for parent in parents { try AdapterCompatibility(folder: parent.folder).require(place) }
            let composed = try Composition.compose(parents, settings, on: model, identity: identity)
            try composed.save(folder: staging, identity: identity, baseModel: baseModel())
            composed.detach()
            guard try parents.map({ try ParentRecord($0) }) == records else {
                throw PipelineError(.failed, "A parent's files changed while it was read.", advice: "Compose again.")
            }
            let written = try Adapter.load(folder: staging, into: model, expecting: identity)
            let (rank, modules) = (written.configuration.rank, written.modules.count)
            try CompositionFile.write(settings, records, identity, rank: rank, to: staging)
            let parity = try prove(consume model, written, files, staging)
            if shouldStop() { throw PipelineError(.interrupted, "The composition was stopped.") }
            try files.confirm()
            return Outcome(
                output: output, method: settings.method.name, rank: rank, modules: modules, parents: records,
                baseSHA256: hash.sha256, parity: parity)
        }
    }

    /// Where the parents say that their base lies, else where it does.
    private func baseModel() throws -> String {
        let recorded = try parents.map { try Adapter.recordedBaseModel(folder: $0.folder) }.first { !$0.isEmpty }
        return recorded ?? URL(fileURLWithPath: base).standardizedFileURL.path
    }

    private func prove(
        _ model: consuming LanguageModel, _ adapter: Adapter, _ files: BaseModelFiles, _ staging: String
    ) throws -> ParityReport {
        let overlay = "\(staging)/merged.safetensors"
        defer { try? FileManager.default.removeItem(atPath: overlay) }
        let proof = MergeProof(
            files: files, tokenizer: try TokenizerLoader.load(files), task: .language, dtype: .f32,
            scratchFolder: staging, shouldStop: shouldStop, reporter: reporter)
        return try proof.run(
            consume model, adapter, writing: .overlay(path: overlay),
            MergedExport(adapter, base: files, dtype: .f32, reporter: reporter))
    }
}

/// A parent as a composed adapter's files name it.
package struct ParentRecord: Encodable, Sendable, Equatable {
    package let name: String
    package let weight: Double
    /// Of adapter_config.json.
    package let configurationSHA256: String
    /// Of adapter_model.safetensors.
    package let weightsSHA256: String

    enum CodingKeys: String, CodingKey {
        case name, weight
        case configurationSHA256 = "config_sha256"
        case weightsSHA256 = "weights_sha256"
    }

    /// - Throws: as reading its files.
    init(_ parent: Composition.Parent) throws {
        name = parent.name
        weight = parent.weight
        configurationSHA256 = try ContentHash.ofFile("\(parent.folder)/\(Adapter.fileNames[0])")
        weightsSHA256 = try ContentHash.ofFile("\(parent.folder)/\(Adapter.fileNames[1])")
    }
}

/// `composition.json`: what an adapter was composed of, beside its files.
enum CompositionFile {
    static let name = "composition.json"
    /// Raised when a key changes its meaning; keys may be added.
    private static let formatVersion = 1

    static func write(
        _ settings: CompositionSettings, _ parents: [ParentRecord], _ identity: BaseIdentity, rank: Int,
        to folder: String
    ) throws {
        let method = settings.method
        var members: [JSONObject.Member] = [
            ("format_version", .integer(formatVersion)), ("lorad", .string(LoradVersion.current)),
            ("method", .string(method.name)), ("rank", .integer(rank)), ("base_sha256", .string(identity.baseSHA256)),
            ("tokenizer_sha256", .string(identity.tokenizerSHA256)),
        ]
        if let density = settings.density { members.append(("density", .number(density))) }
        if method.takesMajority { members.append(("majority_sign_method", .string(settings.majority.rawValue))) }
        if method.takesSeed { members.append(("seed", .string(String(settings.seed)))) }
        let records = parents.map { parent -> JSONValue in
            .object(
                JSONObject([
                    ("name", .string(parent.name)), ("weight", .number(parent.weight)),
                    ("config_sha256", .string(parent.configurationSHA256)),
                    ("weights_sha256", .string(parent.weightsSHA256)),
                ]))
        }
        members.append(("parents", .array(records)))
        try AtomicFile.write(Data(JSONText.document(.object(JSONObject(members))).utf8), to: "\(folder)/\(name)")
    }
}
