import CKernels

/// Philox-4x32-10: random words as a pure function of (seed, stream, step, position), so that a resumed run needs no
/// saved generator and any part of a mask can be made again.
///
/// Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
package struct Philox: Sendable {
    package let seed: UInt64
    package let stream: UInt32

    package init(seed: UInt64, stream: RandomStream) { self.init(seed: seed, streamNumber: stream.number) }

    /// A stream by its number, for tests and benchmarks: what belongs to a run has a case in `RandomStream`.
    package init(seed: UInt64, streamNumber: UInt32) {
        self.seed = seed
        stream = streamNumber
    }

    /// The four words at a position of a step.
    package func bits(step: UInt64, position: UInt64) -> SIMD4<UInt32> {
        let counter = [
            UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32),
            UInt32(truncatingIfNeeded: step), UInt32(truncatingIfNeeded: step >> 32),
        ]
        let key = [
            UInt32(truncatingIfNeeded: seed) ^ (stream &* 0x9E37_79B9),
            UInt32(truncatingIfNeeded: seed >> 32) &+ stream,
        ]
        var words: [UInt32] = [0, 0, 0, 0]
        ck_philox(counter, key, &words)
        return SIMD4(words[0], words[1], words[2], words[3])
    }

    /// Uniform in [0, 1), of 24 bits.
    package func uniform(step: UInt64, position: UInt64) -> Float {
        Float(bits(step: step, position: position).x >> 8) * 0x1p-24
    }
}
