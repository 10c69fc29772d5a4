import Testing
import lorad

@Suite("Tables on terminals")
struct TextTableTests {
    private static let table = TextTable(
        [
            .init("id"), .init("age", isRight: true, expendability: 2), .init("result", expendability: 1),
            .init("more", expendability: 3, isCut: true),
        ],
        [
            ["1a2b3c4d", "3 min", "accuracy 88.9%", "/outbox/sentiment/20261124T002603Z-1a2b3c4d"],
            ["5e6f", "12 h", "-", ""],
        ])

    @Test("No line is wider than the terminal, as long as what stays has room", arguments: 8...120)
    func fits(width: Int) {
        let lines = Self.table.lines(width: width)
        #expect(lines.count == 3)
        for line in lines { #expect(line.count <= width, "\(line)") }
    }

    @Test("Without a terminal all of it stands there, columns apart, headed, and without blanks at its ends")
    func whole() {
        #expect(
            Self.table.lines(width: nil) == [
                "id          age  result          more",
                "1a2b3c4d  3 min  accuracy 88.9%  /outbox/sentiment/20261124T002603Z-1a2b3c4d",
                "5e6f       12 h  -",
            ])
    }

    @Test("With less room the last column is cut, then columns go by how little they matter")
    func narrower() {
        #expect(Self.table.lines(width: 60)[1] == "1a2b3c4d  3 min  accuracy 88.9%  /outbox/sentiment/202611...")
        #expect(Self.table.lines(width: 33)[1] == "1a2b3c4d  3 min  accuracy 88.9%")
        #expect(Self.table.lines(width: 25)[1] == "1a2b3c4d  accuracy 88.9%")
        #expect(Self.table.lines(width: 10) == ["id", "1a2b3c4d", "5e6f"])
    }

    @Test("A terminal of ASCII alone gets what is nearest")
    func plain() {
        #expect(PlainCharacters.of("wanted ≥ 0.75 – 3.1×10⁻⁵, −2") == "wanted >= 0.75 - 3.1x10^-5, -2")
        #expect(PlainCharacters.of("Zoë") == "Zo?")
    }
}
