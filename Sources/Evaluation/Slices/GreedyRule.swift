/// When greedy decoding counts as saying what a row says: it yields exactly the row's tokens, and then an end where one
/// is trained.
package struct GreedyRule: Equatable, Sendable {
    /// Ids after which decoding has finished.
    package var endTokens: Set<Int>
    /// Whether an end must follow a completion, as it does where training appends one. Elsewhere nothing is trained to
    /// stop, and what is said after the completion counts for nothing.
    package var needsEnd: Bool
    /// How many tokens decoding may draw, the end among them.
    package var maximumNewTokens: Int

    package init(endTokens: Set<Int> = [], needsEnd: Bool = false, maximumNewTokens: Int = .max) {
        self.endTokens = endTokens
        self.needsEnd = needsEnd
        self.maximumNewTokens = maximumNewTokens
    }

    /// What must be looked at to judge a row.
    struct Reading: Equatable {
        /// Places in `RowTokens.scored` of the tokens that must each be the first choice.
        var said: [Int] = []
        /// Whether the last of them must be followed by an end.
        var asksEnd = false
        /// Whether decoding could say the row at all: it stops at the first end, and at the limit.
        var isReachable = true
    }

    /// Reads a row turn by turn: each stretch of scored tokens is decoded after what stands before it.
    func reading(_ tokens: RowTokens) -> Reading {
        var reading = Reading()
        var start = 0
        while start < tokens.scored.count {
            var end = start + 1
            while end < tokens.scored.count, tokens.scored[end] == tokens.scored[end - 1] + 1 { end += 1 }
            read(start..<end, of: tokens, into: &reading)
            start = end
        }
        return reading
    }

    private func read(_ turn: Range<Int>, of tokens: RowTokens, into reading: inout Reading) {
        func isEnd(_ place: Int) -> Bool { endTokens.contains(tokens.ids[tokens.scored[place]]) }
        var said = turn
        if let stop = turn.first(where: isEnd) {
            said = turn.lowerBound..<(stop + 1)
            // A template may write something after a turn's end, which nobody generates; a completion has its end last.
            let rest = said.upperBound..<turn.upperBound
            if needsEnd ? !rest.isEmpty : rest.contains(where: isEnd) { reading.isReachable = false }
        } else if needsEnd {
            reading.asksEnd = true
        }
        reading.said += said
        if said.count + (reading.asksEnd ? 1 : 0) > maximumNewTokens { reading.isReachable = false }
    }
}
