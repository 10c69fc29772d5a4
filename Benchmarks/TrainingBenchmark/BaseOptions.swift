import ArgumentParser
import BenchmarkSupport
import ModelFiles
import Tensors
import Tokenizers
import Transformers

/// The base that is measured, and how it computes.
struct BaseOptions: ParsableArguments {
    @Option(help: "A model folder, a .gguf file, or random:135m, random:360m, random:1b.")
    var base: String

    @Option(help: "Compute dtype: float32 or bfloat16.")
    var dtype = "float32"

    @Option(help: "Threads; all cores unless given.")
    var threads: Int?

    @Option(help: "Hash the base before loading it, as a job does, with hashes remembered in this file.")
    var hashCache: String?

    /// Sets the threads and reads the base.
    func load() throws -> LoadedBase {
        guard let computeType = DType(rawValue: dtype) else {
            throw ValidationError("This engine does not compute in \(dtype).")
        }
        if let threads { Threads.configure(threads) }
        var hashSeconds: Double?
        if let hashCache {
            hashSeconds = try Stopwatch.time { _ = try ContentHash.ofBase(base, cache: HashCache(file: hashCache)) }
        }
        let watch = Stopwatch()
        let files = try source() as? BaseModelFiles
        let model = try LanguageModel.load(try files ?? source(), dtype: computeType)
        return LoadedBase(model: model, files: files, hashSeconds: hashSeconds, loadSeconds: watch.seconds)
    }

    /// The base's shape alone.
    func source() throws -> any WeightSource {
        let prefix = "random:"
        guard base.hasPrefix(prefix) else { return try BaseModelFiles(path: base) }
        guard let random = try RandomBase(named: String(base.dropFirst(prefix.count))) else {
            throw ValidationError("There is no \(base); there are: \(RandomBase.names.map { prefix + $0 }).")
        }
        return random
    }
}

/// A base in memory.
struct LoadedBase {
    let model: LanguageModel
    /// Nil for random weights.
    let files: BaseModelFiles?
    /// Nil where no hash was asked for.
    let hashSeconds: Double?
    let loadSeconds: Double
}
