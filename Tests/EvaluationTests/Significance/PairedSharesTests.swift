import Evaluation
import Testing

@Suite("The difference of paired shares")
struct PairedSharesTests {
    /// The formula once more in other words, from shares in place of counts.
    @Test("The interval is Wald's with half a row added to each count")
    func interval() throws {
        let shares = try #require(PairedShares(onlyFirst: 150, onlySecond: 86, rows: 1_600))
        #expect(abs(shares.difference - (86.0 - 150.0) / 1_600) < 1e-15)
        let n = 1_602.0
        let (p12, p21) = (150.5 / n, 86.5 / n)
        let error = ((p12 + p21 - (p21 - p12) * (p21 - p12)) / n).squareRoot()
        #expect(abs(shares.standardError - error) < 1e-12)
        #expect(abs(shares.interval.lowerBound - (p21 - p12 - 1.959963984540054 * error)) < 1e-12)
        #expect(abs(shares.interval.upperBound - (p21 - p12 + 1.959963984540054 * error)) < 1e-12)
        #expect(shares.interval.upperBound < 0)
    }

    @Test("Rows that agree still leave room for a difference, and ends stay within -1 and 1")
    func ends() throws {
        let same = try #require(PairedShares(onlyFirst: 0, onlySecond: 0, rows: 20))
        #expect(same.difference == 0 && same.interval.lowerBound < 0 && same.interval.upperBound > 0)
        let all = try #require(PairedShares(onlyFirst: 0, onlySecond: 2, rows: 2))
        #expect(all.difference == 1 && all.interval.upperBound <= 1)
        #expect(PairedShares(onlyFirst: 0, onlySecond: 0, rows: 0) == nil)
        #expect(PairedShares(onlyFirst: 2, onlySecond: 2, rows: 3) == nil)
    }

    @Test("More rows show smaller differences")
    func power() throws {
        let few = try #require(PairedShares(onlyFirst: 10, onlySecond: 10, rows: 100))
        let many = try #require(PairedShares(onlyFirst: 1_000, onlySecond: 1_000, rows: 10_000))
        let (first, second) = (
            Power.detectable(standardError: few.standardError), Power.detectable(standardError: many.standardError)
        )
        // (1.96 + 0.84) standard errors; ten times fewer with a hundred times the rows.
        #expect(abs(second - 2.8015852 * many.standardError) < 1e-6)
        #expect(abs(first / second - 10) < 0.5)
        #expect(abs(Power.standardError(of: -1.959963984540054...1.959963984540054) - 1) < 1e-12)
    }
}
