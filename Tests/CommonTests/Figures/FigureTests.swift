import Common
import Foundation
import Testing

@Suite("Figures for people")
struct FigureTests {
    @Test(
        "Significant digits, with powers of ten where the zeros would not be counted",
        arguments: [
            (0.03125, "0.0312"), (12.4, "12.4"), (1234.0, "1,234"), (3.1e-5, "3.10×10⁻⁵"), (0, "0"),
            (.nan, "not a number"), (-.infinity, "−infinite"),
        ])
    func significant(value: Double, expected: String) { #expect(FigureFormat.significant(value) == expected) }

    @Test("Counts, bytes and durations")
    func units() {
        #expect([0, 999, 1_000, -1_234_567].map(FigureFormat.count) == ["0", "999", "1,000", "−1,234,567"])
        #expect([12, 1_500, 25_000_000].map(FigureFormat.bytes) == ["12 bytes", "1.50 kB", "25 MB"])
        #expect([0.25, 61, 3_700].map(FigureFormat.duration) == ["0.2 s", "1 min 1 s", "1 h 1 min"])
    }

    @Test("In a table, what was not measured is a dash")
    func table() {
        #expect(TableFigure.text(1.23456, decimals: 3) == "1.235" && TableFigure.text(nil, decimals: 3) == "–")
        #expect(TableFigure.text(.nan, decimals: 1) == "nan" && TableFigure.text(.infinity, decimals: 1) == "inf")
        #expect(TableFigure.change(from: 0.803, to: 0.893) == "+0.090" && TableFigure.change(from: nil, to: 1) == "–")
        #expect(TableFigure.change(from: 1, to: .nan) == "–")
        #expect(TableFigure.percent(0.5) == "50.0%" && TableFigure.percent(nil) == "–")
    }
}
