import Foundation

/// Rounding of a float's exact decimal digits.
enum DecimalRounding {
    /// The nearest multiple of `10^zeros`, in digits; of two that are as near, the even one.
    ///
    /// - Parameters:
    ///   - number: finite and not negative.
    ///   - zeros: 1 or more.
    static func rounded(_ number: Double, zeros: Int) -> String {
        // Exact: a float with a fraction has few digits before the point, and the C library writes all of any.
        let whole = number.rounded(.down)
        let digits = String(format: "%.0f", whole).utf8.map { $0 - 0x30 }
        guard digits.count >= zeros else { return "0" }
        var kept = Array(digits.dropLast(zeros))
        let rest = digits.suffix(zeros)
        let isHalf = rest.first == 5 && rest.dropFirst().allSatisfy { $0 == 0 } && whole == number
        let isMore = rest.first.map { $0 >= 5 } == true && !isHalf
        if isMore || (isHalf && kept.last.map { $0 % 2 == 1 } == true) { increment(&kept) }
        return String(decoding: kept.map { $0 + 0x30 }, as: UTF8.self) + String(repeating: "0", count: zeros)
    }

    private static func increment(_ digits: inout [UInt8]) {
        for index in digits.indices.reversed() {
            guard digits[index] == 9 else { return digits[index] += 1 }
            digits[index] = 0
        }
        digits.insert(1, at: 0)
    }
}
