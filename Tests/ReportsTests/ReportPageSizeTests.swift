import Foundation
import ReportSupport
import Reports
import Testing

@Suite struct ReportPageSizeTests {
    @Test("10,000 steps, 210 modules and 200 prompts of 100 kB fit in 1.5 MB")
    func large() {
        var report = SampleReport.succeeded(steps: 10_000, layers: 105, prompts: 200)
        let text = String(repeating: "“&” ", count: 25_000)
        for index in 0..<200 {
            report.parity?.prompts[index].prompt = text
            report.parity?.prompts[index].baseText = text
            report.parity?.prompts[index].adapterText = text + "a"
            report.parity?.prompts[index].mergedText = text + "b"
        }
        #expect(ReportPage.render(report).utf8.count < 1_500_000)
    }

    @Test("A long run is drawn with few points that keep its spike, and says so")
    func downsampled() throws {
        var report = SampleReport.succeeded(steps: 10_000)
        report.training?.loss[5003] = 4
        let page = ReportPage.render(report)
        let path = try #require(page.matches(of: /<path class="faint" d="(M[^"]*)"/).last?.output.1)
        let points = path.split(whereSeparator: { $0 == "M" || $0 == "L" })
        #expect(points.count <= 802)
        #expect(points.contains { $0.hasSuffix(" 0") })
        #expect(page.contains("The faint line shows the least and the greatest loss of every 25 steps."))
    }

    @Test("A short run is drawn step by step")
    func complete() throws {
        let page = ReportPage.render(SampleReport.succeeded(steps: 60))
        let path = try #require(page.matches(of: /<path class="faint" d="(M[^"]*)"/).last?.output.1)
        #expect(path.split(whereSeparator: { $0 == "M" || $0 == "L" }).count == 60)
        #expect(!page.contains("The faint line shows"))
    }

    @Test("What is too much to show is counted")
    func counted() {
        var report = SampleReport.succeeded(layers: 400, prompts: 230)
        report.slices = (0..<250).map { index in
            var slice = SampleReport.slices[0]
            slice.name = "slice \(index)"
            return slice
        }
        let page = ReportPage.render(report)
        #expect(page.contains("30 more prompts are in report.json"))
        #expect(page.contains("200 more modules are in report.json"))
        #expect(page.contains("50 more slices are in report.json"))
        #expect(page.contains("The first 40 of 250 slices are drawn."))
    }

    @Test("Text has a contrast of at least 4.5 to 1 on screens light and dark, and in print")
    func contrast() throws {
        let page = ReportPage.render(SampleReport.succeeded())
        let schemes = page.matches(of: /:root\{([^}]*)\}/).map { colours(in: String($0.output.1)) }
        try #require(schemes.count == 3)
        let pairs = [
            ("ink", "bg"), ("muted", "bg"), ("ink", "soft"), ("pass", "passbg"), ("fail", "failbg"), ("ink", "tint"),
            ("muted", "soft"),
        ]
        for scheme in schemes {
            for (front, back) in pairs {
                let ratio = contrastRatio(try #require(scheme[front]), try #require(scheme[back]))
                #expect(ratio >= 4.5, "\(front) on \(back)")
            }
        }
    }

    private func colours(in declarations: String) -> [String: [Double]] {
        declarations.matches(of: /--([a-z]+):#([0-9a-f]+)/).reduce(into: [:]) { found, match in
            let digits = match.output.2.count == 3 ? match.output.2.map { "\($0)\($0)" } : pairs(match.output.2)
            found[String(match.output.1)] = digits.compactMap { Int($0, radix: 16) }.map { Double($0) / 255 }
        }
    }

    private func pairs(_ text: Substring) -> [String] {
        stride(from: 0, to: text.count, by: 2).map { String(text.dropFirst($0).prefix(2)) }
    }

    /// WCAG 2.2, relative luminance and contrast ratio.
    private func contrastRatio(_ first: [Double], _ second: [Double]) -> Double {
        func luminance(_ colour: [Double]) -> Double {
            let linear = colour.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
            return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        }
        let (a, b) = (luminance(first), luminance(second))
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }
}
