import Datasets
import Testing

@Suite("Rows of held-out data among those to train on")
struct ContaminationTests {
    @Test("Training rows that stand in held-out data are removed and counted")
    func contamination() {
        let row = { (text: String) in TrainingRow.completion(prompt: text, completion: " x") }
        let (kept, removed) = Contamination.remove([row("b")], from: [row("a"), row("b"), row("c"), row("b")])
        #expect(kept == [row("a"), row("c")])
        #expect(removed == 2)
    }
}
