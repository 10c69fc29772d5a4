import Adapters
import Common
import Foundation
import ModelFiles

extension ExportTarget {
    /// The adapter in PEFT's files, and what a running vLLM is sent to load it.
    ///
    /// What vLLM loads: https://docs.vllm.ai/en/latest/features/lora.html and its `vllm/lora/peft_helper.py`, which reads
    /// one rank, one alpha and `use_rslora`, and refuses DoRA and modules that are saved whole.
    static let vllm = ExportTarget(
        name: "vllm", summary: "the adapter's folder and the request that has vLLM load it", options: []
    ) { subject, folder in
        try subject.requireLanguage("vLLM's adapter")
        try FileSystem.makeFolder("\(folder)/\(VLLM.adapterFolder)")
        let adapter = try PEFTFolder.copy(subject, to: "\(folder)/\(VLLM.adapterFolder)")
        try VLLM.check(adapter)
        let rank = try VLLM.maximumRank(of: adapter)
        try AtomicFile.write(Data(VLLM.request(subject).utf8), to: "\(folder)/\(VLLM.requestFile)")
        return Exported(
            model: VLLM.adapterFolder, modules: adapter.modules.count, maximumRank: rank,
            commands: VLLM.commands(subject, rank: rank), notes: PEFTFolder.notes("\(folder)/\(VLLM.adapterFolder)"))
    }
}

/// What vLLM wants of an adapter.
enum VLLM {
    static let adapterFolder = "adapter"
    static let requestFile = "load_lora_adapter.json"
    /// What `--max-lora-rank` can be.
    private static let ranks = [8, 16, 32, 64, 128, 256, 320, 512]

    /// - Throws: `PipelineError.rejected` naming what vLLM does not load, or would scale wrongly.
    static func check(_ adapter: Adapter) throws {
        let own = adapter.configuration
        func refuse(_ what: String, _ cause: String, _ advice: String) -> PipelineError {
            PipelineError(.rejected, "vLLM does not load \(what).", cause: cause, advice: advice)
        }
        guard own.savedModules.isEmpty, own.bias == .none else {
            throw refuse(
                "an adapter with weights of the base that were trained whole", "It has places for A and B alone.",
                "Serve the merged model.")
        }
        guard own.method == .lora else {
            throw refuse(
                "a \(own.method.title) adapter", "It takes plain LoRA, and LoRA with use_rslora.",
                "Export it to merged, and serve the merged model.")
        }
        guard !adapter.adaptsEmbedding else {
            throw refuse(
                "an adapter of an embedding as far as lorad knows", "It has been proven for projections alone.",
                "Export it to merged, and serve the merged model.")
        }
        guard own.ranks.isEmpty, own.alphas.isEmpty else {
            throw refuse(
                "an adapter with rank_pattern or alpha_pattern as it is meant",
                "It scales every module by the one r and lora_alpha of adapter_config.json.",
                "Export it to merged, and serve the merged model.")
        }
    }

    /// The smallest `--max-lora-rank` that the adapter fits.
    ///
    /// - Throws: `PipelineError.rejected` for a rank above the largest.
    static func maximumRank(of adapter: Adapter) throws -> Int {
        let rank = adapter.modules.map(\.place.rank).max() ?? 0
        if let fitting = ranks.first(where: { rank <= $0 }) { return fitting }
        throw PipelineError(
            .rejected, "vLLM does not load an adapter of rank \(rank).",
            cause: "The largest --max-lora-rank is \(ranks.last ?? 0).",
            advice: "Export it to merged, and serve the merged model.")
    }

    /// The body of `POST /v1/load_lora_adapter`.
    static func request(_ subject: ExportSubject) -> String {
        JSONText.document(
            .object(
                JSONObject([
                    ("lora_name", .string(subject.name)),
                    ("lora_path", .string("\(subject.output)/\(adapterFolder)")),
                ])))
    }

    static func commands(_ subject: ExportSubject, rank: Int) -> [String] {
        let body = Shell.quoted("@\(subject.output)/\(requestFile)")
        return [
            "VLLM_ALLOW_RUNTIME_LORA_UPDATING=True vllm serve BASE --enable-lora --max-lora-rank \(rank)",
            "curl -X POST http://localhost:8000/v1/load_lora_adapter -H 'Content-Type: application/json' -d \(body)",
        ]
    }
}
