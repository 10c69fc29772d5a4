import Tensors
import Testing

@Suite("Streams of random numbers")
struct RandomStreamTests {
    @Test("No purpose's streams meet another's")
    func disjoint() {
        let each = RandomStream.streamsEach
        let purposes = RandomStream.Purpose.allCases
        let ranges = purposes.map { ($0.rawValue * each)..<(($0.rawValue + 1) * each) }
        #expect(ranges.count == 12)
        for (index, range) in ranges.enumerated() {
            for other in ranges.dropFirst(index + 1) { #expect(!range.overlaps(other)) }
        }
        let last = Int(each) - 1
        let streams: [RandomStream] = [
            .rowOrder, .adapterInitialisation(module: 0), .adapterInitialisation(module: last),
            .adapterDropout(module: 0), .adapterDropout(module: last), .headInitialisation(projection: 0),
            .headInitialisation(projection: last), .headDropout(place: 0), .headDropout(place: last),
            .embeddingNoise, .sourceChoice, .sourceOrder(source: 0), .sourceOrder(source: last),
            .sourceSample(source: 0), .sourceSample(source: last), .bootstrap, .generation,
            .compositionPruning(module: 0), .compositionPruning(module: last),
        ]
        #expect(Set(streams.map(\.number)).count == streams.count)
        let purpose = [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 7, 8, 8, 9, 10, 11, 11]
        for (stream, range) in zip(streams, purpose.map { ranges[$0] }) {
            #expect(range.contains(stream.number))
        }
    }

    /// An adapter's bytes depend on them.
    @Test("The numbers are those of manifest version 1")
    func numbers() {
        #expect(RandomStream.rowOrder.number == 0)
        #expect(RandomStream.adapterInitialisation(module: 7).number == 1_000_007)
        #expect(RandomStream.adapterDropout(module: 7).number == 2_000_007)
        #expect(RandomStream.headInitialisation(projection: 1).number == 3_000_001)
        #expect(RandomStream.headDropout(place: 1).number == 4_000_001)
        #expect(RandomStream.embeddingNoise.number == 5_000_000)
        #expect(RandomStream.sourceChoice.number == 8_000_000)
        #expect(RandomStream.sourceOrder(source: 1).number == 9_000_001)
        #expect(RandomStream.sourceSample(source: 1).number == 10_000_001)
        #expect(RandomStream.bootstrap.number == 16_000_000)
        #expect(RandomStream.compositionPruning(module: 1).number == 24_000_001)
        let random = Philox(seed: 3, stream: .adapterDropout(module: 7))
        #expect(
            random.bits(step: 1, position: 2)
                == Philox(seed: 3, streamNumber: 2_000_007).bits(step: 1, position: 2))
    }

    @Test("A number beyond a purpose's streams stops the program")
    func beyond() async {
        await #expect(processExitsWith: .failure) { _ = RandomStream.adapterDropout(module: 1_000_000).number }
        await #expect(processExitsWith: .failure) { _ = RandomStream.headDropout(place: -1).number }
    }
}
