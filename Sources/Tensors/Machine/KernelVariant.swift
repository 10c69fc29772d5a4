import CKernels

/// A level of the instruction set that lorad's kernels are compiled for. The widest that the CPU has is taken, unless
/// the environment variable `LORAD_KERNELS` names a lower one: then the CPU is taken for one that has nothing above it.
///
/// | name | instructions | `dtype: bfloat16` computes in |
/// |---|---|---|
/// | `baseline` | what every CPU of the architecture has | float32 |
/// | `x86-64-v3` | AVX2, FMA | float32 |
/// | `x86-64-v4` | AVX-512 F, BW, CD, DQ, VL | float32 |
/// | `x86-64-v4-bf16` | those and AVX512-BF16 | bfloat16 |
///
/// Intel's CPUs multiply bfloat16 by an instruction that is half as fast as multiply-adds of float32; there the latter
/// compute what the instruction would, bit for bit (`ck_widens_bfloat16`).
///
/// The levels are those of the x86-64 psABI. Different variants may give different bits for the same operands; one
/// gives the same bits on any CPU, on any number of threads.
package struct KernelVariant: Sendable, Equatable, CustomStringConvertible {
    /// The environment variable that names one.
    package static let environmentName = "LORAD_KERNELS"

    private let index: Int

    /// As `LORAD_KERNELS` and a checkpoint spell it.
    package let name: String

    package var description: String { name }
    /// Whether this CPU has its instructions, and `LORAD_KERNELS` does not forbid them.
    package var runsHere: Bool { ck_variant_runs(index) != 0 }

    /// Every variant of this build, the narrowest first.
    package static let all: [KernelVariant] = {
        var variants: [KernelVariant] = []
        while let name = ck_variant_name(variants.count) {
            variants.append(KernelVariant(index: variants.count, name: String(cString: name)))
        }
        return variants
    }()

    /// Those that this CPU runs, the narrowest first.
    package static var runnable: [KernelVariant] { all.filter(\.runsHere) }

    /// The one that computes.
    package static var chosen: KernelVariant { named(String(cString: ck_variant())) ?? all[0] }

    /// The number of the chosen one's arithmetic: a build whose kernels round otherwise has another.
    package static var number: Int { Int(ck_kernels_number()) }

    /// The variant of that name; nil where this build has none.
    package static func named(_ name: String) -> KernelVariant? { all.first { $0.name == name } }

    /// Computes with this variant from now on. Not while a kernel runs, nor between steps of one model: weights are
    /// laid out for the variant that was chosen when they were loaded.
    package func choose() {
        precondition(runsHere, "this CPU lacks the instructions of \(name)")
        ck_choose_variant(index)
    }

    /// - Throws: `TensorsError` where `LORAD_KERNELS` names no variant, or one that this CPU lacks: another was chosen then,
    ///   and nothing should be computed.
    package static func checkRequest() throws {
        guard let refused = ck_refused_variant().map({ String(cString: $0) }) else { return }
        let here = runnable.map(\.name).joined(separator: ", ")
        let isKnown = named(refused) != nil
        throw TensorsError(
            .unknownVariant,
            isKnown
                ? "\(environmentName) asks for \(refused), whose instructions this CPU lacks."
                : "\(environmentName) is '\(refused)', which is no variant of the kernels.",
            advice: "Set it to one of \(here), or leave it unset.")
    }
}
