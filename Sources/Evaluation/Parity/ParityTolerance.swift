/// The precision that merged weights are stored and served in.
package enum ParityPrecision: String, CaseIterable, Sendable {
    case float32
    case float16
    case bfloat16
}

/// How far merged weights may be from base and adapter, and what counts as a change at all.
///
/// Exactly computed, y = Wx + s·B(Ax) and y = (W + s·BA)x are the same; what is left is rounding. With the unit
/// roundoff u (2⁻²⁴ in float32, 2⁻¹¹ in float16, 2⁻⁸ in bfloat16) and rounding errors that behave as independent (Higham and Mary,
/// "A new approach to probabilistic rounding error analysis", SIAM J. Sci. Comput. 41, 2019), a dot product over n terms
/// is off by about √n·u of its scale, and the sublayers of D blocks add theirs to the residual stream, another factor
/// √(2D). All of it is relative to the largest logit.
///
/// - float32 accumulates in float32: for n = 4096 and D = 64, √n·√(2D)·u ≈ 720 u. Allowed: 2048 u = 2⁻¹³.
/// - bfloat16 accumulates in float32 too, but rounds every merged weight and every activation to 8 bits: about u for a
///   product whatever its length, √(2D)·u ≈ 11 u at worst where errors of both kinds meet in phase, a few u in practice.
///   Allowed: 8 u = 2⁻⁵.
/// - float16 likewise, with its own u: 8 u = 2⁻⁸.
///
/// A wide tolerance alone would pass merged weights that lost a small update to rounding and answer as the base does.
/// So the merged logits must also stand much nearer to the adapter's than the base's do, see `largestLostShare`.
package struct ParityTolerance: Equatable, Sendable {
    /// Allowed max |adapter − merged|, relative to max(1, the adapter's largest |logit|).
    package let relative: Double

    /// Allowed ‖adapter − merged‖ / ‖adapter − base‖ over all logits compared: the share of the update that merging
    /// may lose.
    package static let largestLostShare = 0.25

    /// What |adapter − base| must exceed somewhere, relative as above, for the adapter to count as changing anything:
    /// 64 float32 roundoffs. With B = 0 the branch adds exact zeros in every dtype, and the difference is 0.
    package static let smallestUpdate = 0x1p-18

    /// The tolerance for merged weights of `precision`.
    package init(_ precision: ParityPrecision) {
        switch precision {
        case .float32: relative = 0x1p-13
        case .float16: relative = 0x1p-8
        case .bfloat16: relative = 0x1p-5
        }
    }

    /// The allowed difference in logits where the adapter's largest |logit| is `largestLogit`.
    package func absolute(largestLogit: Double) -> Double { relative * max(1, largestLogit) }
}
