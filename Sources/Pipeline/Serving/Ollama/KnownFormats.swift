import Tokenizers

extension TurnFormat {
    /// The formats that bases are commonly taught.
    package static let all: [TurnFormat] = [
        chatML(standard: nil), chatML(standard: KnownTemplate.smolLM2System), llama3, gemma(.refused),
        gemma(.inUser("\n\n")), phi3, zephyr, mistral(afterUser: " [/INST]", beforeAssistant: ""),
        mistral(afterUser: "[/INST]", beforeAssistant: " "), mistral(afterUser: "[/INST]", beforeAssistant: ""),
    ]

    private static func chatML(standard: String?) -> TurnFormat {
        let (start, end) = KnownTemplate.markers
        func turn(_ role: String) -> Turn { Turn(before: "\(start)\(role)\n", after: "\(end)\n") }
        return TurnFormat(
            name: "ChatML", system: .turn(turn("system"), standard: standard), user: turn("user"),
            assistant: turn("assistant"), opening: "\(start)assistant\n")
    }

    private static var llama3: TurnFormat {
        func header(_ role: String) -> String { "<|start_header_id|>\(role)<|end_header_id|>\n\n" }
        func turn(_ role: String) -> Turn { Turn(before: header(role), after: "<|eot_id|>") }
        return TurnFormat(
            name: "Llama 3", system: .turn(turn("system"), standard: nil), user: turn("user"),
            assistant: turn("assistant"), opening: header("assistant"))
    }

    private static func gemma(_ system: System) -> TurnFormat {
        func turn(_ role: String) -> Turn { Turn(before: "<start_of_turn>\(role)\n", after: "<end_of_turn>\n") }
        return TurnFormat(
            name: "Gemma", system: system, user: turn("user"), assistant: turn("model"),
            opening: "<start_of_turn>model\n")
    }

    private static var phi3: TurnFormat { tagged("Phi 3", end: "<|end|>\n") }

    private static var zephyr: TurnFormat { tagged("Zephyr", end: "</s>\n") }

    private static func tagged(_ name: String, end: String) -> TurnFormat {
        func turn(_ role: String) -> Turn { Turn(before: "<|\(role)|>\n", after: end) }
        return TurnFormat(
            name: name, system: .turn(turn("system"), standard: nil), user: turn("user"),
            assistant: turn("assistant"), opening: "<|assistant|>\n")
    }

    private static func mistral(afterUser: String, beforeAssistant: String) -> TurnFormat {
        TurnFormat(
            name: "Mistral", system: .refused, user: Turn(before: "[INST] ", after: afterUser),
            assistant: Turn(before: beforeAssistant, after: "</s>"), opening: "")
    }
}
