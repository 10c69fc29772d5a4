import Evaluation
import Testing

@Suite("McNemar's exact test")
struct McNemarTests {
    /// statsmodels 0.15.0: `mcnemar([[0, b], [c, 0]], exact=True).pvalue`.
    @Test(
        "p is statsmodels'",
        arguments: [
            (0, 0, 1), (1, 0, 1), (5, 0, 0.0625), (10, 3, 0.09228515625), (3, 10, 0.09228515625), (7, 7, 1),
            (40, 21, 0.0204147137996349), (300, 350, 0.05452994175892356), (1200, 1000, 2.1817026407914194e-05),
            (0, 60, 1.734723475976807e-18),
        ])
    func golden(onlyFirst: Int, onlySecond: Int, p: Double) {
        let found = McNemar(onlyFirst: onlyFirst, onlySecond: onlySecond).pValue
        #expect(abs(found - p) <= 1e-10 * p)
    }

    @Test("Counts far beyond any data set give a share")
    func large() {
        let p = McNemar(onlyFirst: 2_000_000, onlySecond: 2_001_000).pValue
        // The normal approximation: z = 999/√4,001,000.
        #expect(abs(p - 0.6175) < 0.001)
    }
}
