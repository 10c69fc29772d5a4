import ModelFiles
import TestSupport
import Testing
import Tokenizers

@Suite("Chat templates")
struct ChatTemplateTests {
    private let turns = [ChatMessage(role: "user", content: "hi"), ChatMessage(role: "assistant", content: "ho")]

    @Test("The tiny base's ChatML is recognised, and renders as its template says")
    func chatML() throws {
        let template = try ChatTemplate.load(BaseModelFiles(path: Fixtures.path("llama-tiny/base")))
        #expect(template == .chatML)
        let segments = try #require(template).render(turns, addGenerationPrompt: true)
        let text = "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\nho<|im_end|>\n<|im_start|>assistant\n"
        #expect(segments.map(\.text).joined() == text)
        #expect(segments.filter(\.trained).map(\.text) == ["ho<|im_end|>"])
    }

    @Test("SmolLM2's adds its system message where there is none", .enabled(if: Fixtures.hasRealBase, "run scripts/fetch"))
    func smolLM2() throws {
        let template = try ChatTemplate.load(BaseModelFiles(path: Fixtures.realBase))
        #expect(template == .smolLM2)
        let text = try #require(template).render(turns, addGenerationPrompt: false).map(\.text).joined()
        #expect(text.hasPrefix("<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n<|im_start|>user\n"))
        let own = [ChatMessage(role: "system", content: "s")] + turns
        #expect(try #require(template).render(own, addGenerationPrompt: false).map(\.text).joined().hasPrefix("<|im_start|>system\ns<|im_end|>"))
    }
}
