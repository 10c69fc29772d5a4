import Common
import Foundation
import Testing

private enum SampleCode: String, FaultCode {
    typealias Mistakes = SampleMistakes

    case broken, full, notFinite

    var category: FaultCategory { self == .full ? .tryAgain : .data }
    var isOutcome: Bool { self == .notFinite }
}

private struct SampleMistakes: FaultMistakes, ExpressibleByArrayLiteral {
    var lines: [String] = []

    init() {}
    init(arrayLiteral elements: String...) { lines = elements }
}

private typealias SampleError = CodedFault<SampleCode>

@Suite("Faults")
struct FaultTests {
    @Test("Every category has the exit status that scripts know it by, and no two the same")
    func statuses() {
        let expected: [FaultCategory: Int32] = [
            .failed: 1, .usage: 64, .data: 65, .missing: 66, .own: 70, .tryAgain: 75, .interrupted: 130,
        ]
        #expect(expected.count == FaultCategory.allCases.count)
        for category in FaultCategory.allCases { #expect(category.exitStatus == expected[category], "\(category)") }
        #expect(Set(FaultCategory.allCases.map(\.exitStatus)).count == FaultCategory.allCases.count)
    }

    @Test("Message, cause and advice are told in this order, each line of them by itself")
    func lines() {
        let bare = SampleError(.broken, "It broke.")
        #expect(bare.lines == ["It broke."] && bare.cause == nil && bare.advice == nil)
        let whole = SampleError(.broken, "It broke.", cause: "One.\nTwo.", advice: "Mend it.")
        #expect(whole.sentences == ["It broke.", "One.\nTwo.", "Mend it."])
        #expect(whole.lines == ["It broke.", "One.", "Two.", "Mend it."])
    }

    @Test("Where there are several mistakes, they are what is told")
    func mistakes() {
        let error = SampleError(.broken, "There are 2 mistakes.", cause: "a\nb", mistakes: ["a", "b\nc"])
        #expect(error.lines == ["a", "b", "c"])
    }

    @Test("Foundation is told the same, so that no cause or advice is lost on the way up")
    func foundation() {
        let error: any Error = SampleError(.broken, "It broke.", cause: "A crack.", advice: "Mend it.")
        let localized = error as? any LocalizedError
        #expect(localized?.errorDescription == "It broke." && error.localizedDescription == "It broke.")
        #expect(localized?.failureReason == "A crack." && localized?.recoverySuggestion == "Mend it.")
        #expect((error as? any Fault)?.category == .data)
    }

    @Test("What passes by itself and what a run came to are no fault of the input")
    func kinds() {
        let kinds = SampleCode.allCases.map { code in
            let fault = SampleError(code, "m")
            return [fault.isOfInput, fault.mayPass, fault.isOutcome]
        }
        #expect(kinds == [[true, false, false], [false, true, false], [false, false, true]])
    }
}
