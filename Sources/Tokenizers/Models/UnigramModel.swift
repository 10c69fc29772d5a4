/// A unigram language model: of all ways to cut a word into pieces the one whose scores (log probabilities) sum highest,
/// found by Viterbi's algorithm. https://arxiv.org/abs/1804.10959
struct UnigramModel: TokenModel {
    private let pieces: ByteTrie
    /// Of each id.
    private let scores: [Double]
    private let isSpecial: [Bool]
    private let unknown: Int
    /// What a character costs that no piece covers: ten below the lowest score.
    private let unknownScore: Double
    /// `<0x00>` to `<0xFF>`; nil without byte fallback.
    private let byteTokens: [Int]?

    /// - Parameter byteTokens: of each byte, −1 where the vocabulary lacks one; nil without byte fallback.
    init(
        pieces: [(bytes: [UInt8], value: Int)], scores: [Double], special: Set<Int>, unknown: Int, byteTokens: [Int]?
    ) {
        self.pieces = ByteTrie(pieces)
        self.scores = scores
        isSpecial = scores.indices.map(special.contains)
        self.unknown = unknown
        unknownScore = (scores.min() ?? 0) - 10
        self.byteTokens = byteTokens
    }

    /// The best way to end a piece at a position.
    private struct Step {
        var score = 0.0
        /// Where the piece starts, −1 where none ends here.
        var start: Int32 = -1
        var id: Int32 = 0
    }

    func encode(_ bytes: [UInt8], _ range: Range<Int>, allowSpecial: Bool, into ids: inout [Int]) {
        let steps = bestSteps(bytes, range, allowSpecial)
        // Back from the end; unknown characters in a row are one token.
        var found: [(range: Range<Int>, id: Int)] = []
        var end = range.count
        while end > 0 {
            let step = steps[end]
            let start = Int(step.start)
            if step.id == unknown, let last = found.last, last.id == unknown {
                found[found.count - 1].range = start..<last.range.upperBound
            } else {
                found.append((start..<end, Int(step.id)))
            }
            end = start
        }
        for token in found.reversed() {
            if token.id != unknown {
                ids.append(token.id)
            } else {
                appendUnknown(
                    bytes, range.lowerBound + token.range.lowerBound..<range.lowerBound + token.range.upperBound,
                    to: &ids)
            }
        }
    }

    private func bestSteps(_ bytes: [UInt8], _ range: Range<Int>, _ allowSpecial: Bool) -> [Step] {
        var steps = [Step](repeating: Step(), count: range.count + 1)
        func offer(_ id: Int, _ score: Double, from start: Int, to end: Int) {
            if steps[end].start < 0 || score > steps[end].score {
                steps[end] = Step(score: score, start: Int32(start), id: Int32(id))
            }
        }
        var start = 0
        while start < range.count {
            let position = range.lowerBound + start
            let length = bytes.scalar(at: position).length
            let score = steps[start].score
            var coversCharacter = false
            var node = ByteTrie.root
            var end = position
            while end < range.upperBound, let next = pieces.child(of: node, along: bytes[end]) {
                node = next
                end += 1
                guard let id = pieces.value(at: node), allowSpecial || !isSpecial[id] else { continue }
                offer(id, score + scores[id], from: start, to: end - range.lowerBound)
                coversCharacter = coversCharacter || end - position == length
            }
            if !coversCharacter { offer(unknown, score + unknownScore, from: start, to: start + length) }
            start += length
        }
        return steps
    }

    /// Unknown text may still be a piece as a whole, or its bytes may be tokens.
    private func appendUnknown(_ bytes: [UInt8], _ range: Range<Int>, to ids: inout [Int]) {
        if let id = pieces.value(of: bytes[range]) { return ids.append(id) }
        if let byteTokens, bytes[range].allSatisfy({ byteTokens[Int($0)] >= 0 }) {
            ids += bytes[range].lazy.map { byteTokens[Int($0)] }
        } else {
            ids.append(unknown)
        }
    }
}
