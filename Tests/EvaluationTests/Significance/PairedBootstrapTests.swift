import Evaluation
import Testing

@Suite("Paired bootstrap")
struct PairedBootstrapTests {
    /// ((37 i) mod 101)/101 − 0.42, i from 0 to 199.
    private let differences = (0..<200).map { Double($0 * 37 % 101) / 101 - 0.42 }

    /// scipy 1.17.1: `stats.bootstrap((d,), np.mean, method="percentile", n_resamples=200_000)`, three seeds, which
    /// differ among themselves by 0.00015.
    @Test("The interval is scipy's percentile interval, within what drawing leaves open")
    func interval() throws {
        let found = try #require(PairedBootstrap(differences))
        #expect(abs(found.difference - 0.0754950495049505) < 1e-12)
        #expect(abs(found.interval.lowerBound - 0.03543) < 0.002)
        #expect(abs(found.interval.upperBound - 0.11566) < 0.002)
        #expect(found.pValue < 0.002)
    }

    @Test("The same seed gives the same figures, another one others")
    func seeded() throws {
        let found = try #require(PairedBootstrap(differences, seed: 1))
        #expect(found == PairedBootstrap(differences, seed: 1))
        #expect(found != PairedBootstrap(differences, seed: 2))
    }

    /// Of two rows with −1 and 3 the mean is −1, 1, 1 or 3, each in a quarter of the draws: a quarter is not above 0.
    @Test("p is twice the share of draws on the other side, counted by hand")
    func byHand() throws {
        let found = try #require(PairedBootstrap([-1, 3]))
        #expect(found.difference == 1)
        #expect(abs(found.pValue - 0.5) < 0.03)
        #expect(found.interval == -1...3)
    }

    @Test("Differences that are all 0, or on one side, have the largest and the smallest p")
    func extremes() throws {
        #expect(try #require(PairedBootstrap([0, 0, 0])).pValue == 1)
        let one = try #require(PairedBootstrap([1, 2, 3], draws: 999))
        #expect(one.pValue == 0.002)
    }

    @Test("Rows weigh as much as their tokens")
    func weights() throws {
        let found = try #require(PairedBootstrap([2, -6], weights: [1, 3]))
        #expect(found.difference == -1)
        #expect(found.interval == -2...2)
    }

    @Test("Nothing is made of nothing")
    func nothing() {
        #expect(PairedBootstrap([]) == nil)
        #expect(PairedBootstrap([1, .nan]) == nil)
        #expect(PairedBootstrap([1, 2], weights: [0, 0]) == nil)
    }

    @Test("Many rows are drawn less often, few no more than 10,000 times")
    func draws() {
        #expect(PairedBootstrap.draws(rows: 10) == 10_000)
        #expect(PairedBootstrap.draws(rows: 20_000) == 2_500)
        #expect(PairedBootstrap.draws(rows: 10_000_000) == 1_000)
    }
}
