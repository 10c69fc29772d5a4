import CKernels
import Tensors
import Testing

struct PhiloxTests {
    /// kat_vectors of Random123 1.09 for philox4x32 with 10 rounds: counter, key, result.
    private static let knownAnswers: [(counter: [UInt32], key: [UInt32], words: [UInt32])] = [
        ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
        (
            [.max, .max, .max, .max], [.max, .max],
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        ),
        (
            [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        ),
    ]

    @Test("The published known answers are met", arguments: 0..<3)
    func knownAnswer(index: Int) {
        let (counter, key, expected) = Self.knownAnswers[index]
        var words: [UInt32] = [0, 0, 0, 0]
        ck_philox(counter, key, &words)
        #expect(words == expected)
    }

    @Test("Seed 0, stream 0, step 0, position 0 is the all-zero counter and key")
    func origin() {
        let words = Philox(seed: 0, streamNumber: 0).bits(step: 0, position: 0)
        #expect(words == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    }

    @Test("Every part of seed, stream, step and position changes the words")
    func everyPartCounts() {
        let high: UInt64 = 1 << 40
        let random = Philox(seed: 1, streamNumber: 1)
        let variants = [
            random.bits(step: 1, position: 1),
            random.bits(step: 2, position: 1),
            random.bits(step: 1 + high, position: 1),
            random.bits(step: 1, position: 2),
            random.bits(step: 1, position: 1 + high),
            Philox(seed: 2, streamNumber: 1).bits(step: 1, position: 1),
            Philox(seed: high, streamNumber: 1).bits(step: 1, position: 1),
            Philox(seed: 1, streamNumber: 2).bits(step: 1, position: 1),
        ]
        #expect(Set(variants).count == variants.count)
    }

    @Test("Uniform numbers fill [0, 1) evenly")
    func uniform() {
        let random = Philox(seed: 3, streamNumber: 0)
        let values = (0..<10_000).map { random.uniform(step: 0, position: $0) }
        #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
        for tenth in 0..<10 {
            let share = values.filter { Int($0 * 10) == tenth }.count
            // Four standard deviations of a binomial with n = 10,000 and p = 0.1 are 120.
            #expect(abs(share - 1000) < 120)
        }
    }
}
