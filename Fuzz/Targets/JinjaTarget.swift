import Common
import ModelFiles
import Tokenizers

/// A chat template and what it is rendered with: the template's text, a NUL, and a JSON object. Without a NUL the
/// template meets a conversation of its own.
package struct JinjaTarget: FuzzTarget {
    package static let name = "jinja"

    private let conversation: JSONObject
    private let options: JinjaOptions

    package init() throws {
        let text = """
            {"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "e\\u0301 <b> 👩‍👧"},
            {"role": "assistant", "content": null, "reasoning_content": "Hm.", "tool_calls": [{"type": "function",
            "function": {"name": "f", "arguments": {"x": [1, 2.5, true, null, {}]}}}]}, {"role": "tool", "content":
            [{"type": "text", "text": "5"}]}], "tools": [{"type": "function", "function": {"name": "f"}}],
            "add_generation_prompt": true, "bos_token": "<s>", "n": 7, "xs": [3, 1, 2]}
            """
        conversation = try JSONReader.parse(text, name: "conversation").objectValue ?? JSONObject([])
        var limits = JinjaLimits()
        // A twenty-fifth of the usual steps and an eighth of the bytes, so that endless loops cost the fuzzer little.
        limits.steps = 200_000
        limits.outputBytes = 1 << 20
        options = JinjaOptions(now: CalendarDay("2026-11-08").flatMap { JinjaClock($0) }, limits: limits)
    }

    package func check(_ bytes: [UInt8]) throws {
        let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        let source = String(decoding: parts[0], as: UTF8.self)
        guard let template = try accepted({ try JinjaTemplate(source: source, options: options) }) else { return }
        try checkRendering(template, conversation)
        guard parts.count > 1 else { return }
        let context = try accepted {
            try Array(parts[1]).withUnsafeBytes { try JSONReader.parse($0, name: "context") }.objectValue
        }
        if let context = context ?? nil { try checkRendering(template, context) }
    }

    /// Twice the same, within its bounds, and what was generated lies in the text in order.
    private func checkRendering(_ template: JinjaTemplate, _ context: JSONObject) throws {
        let first = try accepted { try template.render(context: context) }
        let second = try accepted { try template.render(context: context) }
        try require(first == second, "two renderings differ")
        guard let first else { return }
        try require(first.text.utf8.count <= options.limits.outputBytes, "\(first.text.utf8.count) bytes of text")
        var end = 0
        for range in first.generated ?? [] {
            try require(range.lowerBound >= end && range.upperBound <= first.text.utf8.count, "generated at \(range)")
            end = range.upperBound
        }
    }
}
