import Testing
import lorad

@Suite("Lines that are written over")
struct RedrawnLinesTests {
    @Test("Each takes one row of the terminal, and the cursor's own row stays free")
    func fitting() {
        let lines = ["a", "abcdef", "tab\there", "last"]
        #expect(RedrawnLines.fitting(lines, (columns: 4, rows: 4)) == ["a", "abcd", "tab "])
        #expect(RedrawnLines.fitting(lines, (columns: 80, rows: 24)).count == 4)
        #expect(RedrawnLines.fitting(["é\u{301}x", "🧑‍🧑‍🧒y"], (columns: 1, rows: 3)) == ["é\u{301}", "🧑‍🧑‍🧒"])
        #expect(RedrawnLines.fitting(lines, (columns: 0, rows: 0)) == ["a"])
    }
}
