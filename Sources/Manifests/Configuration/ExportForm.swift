/// The forms that an adapter is exported in, as `ExportTargets` has them.
package enum ExportForm: String, Sendable, CaseIterable, Codable {
    case peft, merged, gguf
    case ggufLoRA = "gguf-lora"
    case ollama, vllm

    /// Those that may hold a merged GGUF.
    static let withType: [ExportForm] = [.gguf, .ollama]
}

/// What merged safetensors are stored in.
package enum SafetensorsStorage: String, Sendable, CaseIterable, Codable {
    case float32, bfloat16, float16
}
