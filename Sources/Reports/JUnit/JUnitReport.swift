import Common
import ForeignText
import Foundation

/// `junit.xml`: gates, merge parity and what regression prompts expect, as test cases that CI systems show.
///
/// https://github.com/testmoapp/junitxml describes the format that they read.
package enum JUnitReport {
    private struct Case {
        let name: String
        /// Why it failed; nil where it passed.
        let failure: String?
    }

    /// The file's bytes.
    package static func render(_ report: RunReport) -> Data {
        let suites = [
            ("gates", report.gates.map(gate)),
            ("parity", [report.parity.map(parity), report.repetition.map(repetition)].compactMap(\.self)),
            ("prompts", report.answers.map(prompt)), ("run", [run(report)]),
        ].filter { !$0.1.isEmpty }
        let all = suites.flatMap(\.1)
        let name = report.provenance.name
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        xml += "<testsuites name=\"\(escaped(name))\" tests=\"\(all.count)\" failures=\"\(failures(all))\">\n"
        for (suite, cases) in suites {
            xml += "  <testsuite name=\"\(suite)\" tests=\"\(cases.count)\" failures=\"\(failures(cases))\">\n"
            for one in cases {
                xml += "    <testcase classname=\"\(escaped("\(name).\(suite)"))\" name=\"\(escaped(one.name))\""
                xml += one.failure.map { "><failure message=\"\(escaped($0))\"/></testcase>\n" } ?? "/>\n"
            }
            xml += "  </testsuite>\n"
        }
        return Data((xml + "</testsuites>\n").utf8)
    }

    private static func failures(_ cases: [Case]) -> Int { cases.count { $0.failure != nil } }

    private static func run(_ report: RunReport) -> Case {
        let told = report.explanation.isEmpty ? ["No reason was recorded."] : report.explanation
        return Case(name: "succeeds", failure: report.status == .succeeded ? nil : told.joined(separator: " "))
    }

    private static func gate(_ gate: GateReport) -> Case {
        let value = gate.value.map { FigureFormat.significant($0, 4) } ?? "nothing"
        let reason = gate.reason.map { " For the gate, \($0)." } ?? ""
        return Case(
            name: GateWording.demand(gate),
            failure: gate.passed ? nil : "\(value) was measured, \(GateWording.wanted(gate)) is wanted.\(reason)")
    }

    /// Texts may differ where two tokens are as good as equal, and `passed` then still holds; it does not where an
    /// expectation is missed either, which is its prompt's case, or where two answers to one prompt are not the same.
    private static func parity(_ parity: ParityReport) -> Case {
        let isMissed = parity.prompts.contains { $0.expectation?.passed == false }
        let isElsewhere = isMissed || parity.repetition?.identical == false
        let isKept = parity.maxAbsLogitDifference <= parity.tolerance && (parity.passed || isElsewhere)
        let difference = FigureFormat.significant(parity.maxAbsLogitDifference, 2)
        return Case(
            name: "merged weights answer as the adapter does",
            failure: isKept
                ? nil
                : "The largest difference of a logit is \(difference), \(FigureFormat.significant(parity.tolerance, 2)) "
                    + "is allowed; the texts are \(parity.identicalText ? "the same" : "not the same").")
    }

    private static func repetition(_ repetition: RepetitionReport) -> Case {
        Case(
            name: "the same prompt gives the same bits twice",
            failure: repetition.identical
                ? nil : "The prompt '\(repetition.differing ?? "")' was answered with other bits the second time.")
    }

    private static func prompt(_ prompt: any AnsweredPrompt) -> Case {
        let isMet = prompt.expectation?.passed ?? true
        let wanted = prompt.expectation.flatMap { found in
            found.kind.map { "\($0.replacingOccurrences(of: "_", with: " ")) \(found.value.map { "'\($0)'" } ?? "")" }
        }
        return Case(
            name: prompt.id,
            failure: isMet
                ? nil
                : "The adapter wrote '\(prompt.adapterText)'; \(wanted ?? "something else") is expected."
                    + (prompt.expectation?.reason.map { " " + $0 } ?? ""))
    }

    /// Text in an attribute, as all foreign text reaches a page.
    private static func escaped(_ text: String) -> String {
        ForeignText.forHTML(ForeignText.line(TextBlock.short(text, to: 2_000)))
    }
}
