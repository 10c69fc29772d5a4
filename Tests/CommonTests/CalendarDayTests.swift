import Common
import Testing

@Suite("Days of the calendar")
struct CalendarDayTests {
    @Test("A day is ten characters, and one that there is")
    func days() {
        for text in ["2026-11-30", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"] {
            #expect(CalendarDay(text) != nil, "\(text)")
        }
        let wrong = [
            "", "2026-11-31", "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "0000-01-01",
            "26-11-30", "2026-1-3", "2026-11-30 ", " 2026-11-30", "2026/11/30", "2026-11-30-", "2026-11-3a",
            "+026-11-30",
            "٢٠٢٦-١١-٣٠", "2026-11", "20261130",
        ]
        for text in wrong { #expect(CalendarDay(text) == nil, "\(text)") }
    }

    @Test("Days of the year and of the week, as Python's datetime counts them")
    func counted() {
        #expect(CalendarDay("2026-11-30").map { [$0.dayOfYear, $0.weekday] } == [334, 1])
        #expect(CalendarDay("2024-12-31").map { [$0.dayOfYear, $0.weekday] } == [366, 2])
        #expect(CalendarDay("2000-03-01").map { [$0.dayOfYear, $0.weekday] } == [61, 3])
        #expect(CalendarDay("0001-01-01").map { [$0.dayOfYear, $0.weekday] } == [1, 1])
    }
}
