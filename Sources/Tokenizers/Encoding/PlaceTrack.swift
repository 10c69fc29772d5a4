/// Places of a text on their way to become places among its tokens, met in order while the text is tokenized.
struct PlaceTrack {
    /// Those not met yet.
    private var rest: ArraySlice<Int>
    private var found: [Range<Int>] = []
    private var isLost = false

    /// - Parameter places: ascending.
    init(_ places: [Int]) { rest = places[...] }

    var isEmpty: Bool { rest.isEmpty }

    /// - Throws: `TokenizersError.unsupported` where a place is within a stretch whose tokens cannot be told apart.
    func result() throws -> [Range<Int>] {
        guard !isLost else {
            throw TokenizersError(
                .unsupported,
                "The tokenizer rewrites text across the bounds of a turn, so that its tokens are of both.",
                cause: "Its normalizer or an unknown token joins what stands before a turn with the turn's own text.",
                advice: "Write prompts and completions instead of messages, which are tokenized apart.")
        }
        return found
    }

    /// Places up to `position` lie between the tokens before and those to come.
    private mutating func reach(_ position: Int, count: Int) {
        while let first = rest.first, first <= position {
            found.append(count..<count)
            rest.removeFirst()
        }
    }

    /// The last token so far, which stands at `range`.
    mutating func passToken(_ range: Range<Int>, end: Int) {
        guard !rest.isEmpty else { return }
        reach(range.lowerBound, count: end - 1)
        while let first = rest.first, first < range.upperBound {
            found.append((end - 1)..<end)
            rest.removeFirst()
        }
    }

    /// The places within a stretch, from its beginning on, which is to be tokenized by itself and then left.
    mutating func enter(_ range: Range<Int>, count: Int) -> [Int] {
        guard !rest.isEmpty else { return [] }
        reach(range.lowerBound, count: count)
        let inside = rest.prefix { $0 < range.upperBound }
        rest = rest.dropFirst(inside.count)
        return inside.map { $0 - range.lowerBound }
    }

    /// Takes over what was found within a stretch.
    mutating func leave(_ inner: PlaceTrack, count: Int) {
        var inner = inner
        inner.finish(count: count)
        found += inner.found
        isLost = isLost || inner.isLost
    }

    /// Whatever is left stands at the end.
    mutating func finish(count: Int) { reach(.max, count: count) }

    /// Places in a text become places in what a normalizer makes of it.
    ///
    /// - Parameters:
    ///   - first: the normalizer of text at the beginning.
    ///   - then: the same for text that goes on.
    mutating func move(from text: [UInt8], to normal: [UInt8], first: Normalizer, then: Normalizer) {
        guard !rest.isEmpty, text != normal else { return }
        var moved: [Int] = []
        var (joined, start): ([UInt8], Int) = ([], 0)
        for place in rest {
            joined += (start == 0 ? first : then).apply(Array(text[start..<place]))
            moved.append(joined.count)
            start = place
        }
        joined += (start == 0 ? first : then).apply(Array(text[start...]))
        isLost = isLost || joined != normal
        rest = moved[...]
    }

    /// The word at `range`, whose tokens are `ids`; `length` says how many of its bytes a token holds.
    mutating func passWord(_ range: Range<Int>, _ ids: ArraySlice<Int>, length: (Int) -> Int?) {
        reach(range.lowerBound, count: ids.startIndex)
        guard let place = rest.first, place < range.upperBound else { return }
        var position = range.lowerBound
        var ends: [Int] = []
        for id in ids {
            position += length(id) ?? 0
            ends.append(position)
        }
        isLost = isLost || position != range.upperBound
        for (index, end) in ends.enumerated() {
            let token = ids.startIndex + index
            passToken((index == 0 ? range.lowerBound : ends[index - 1])..<end, end: token + 1)
        }
    }
}
