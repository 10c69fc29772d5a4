/// Examples by their place, wherever they are kept: in memory, or in a file that is read as they are asked for.
package protocol ExampleSource: Sendable {
    var count: Int { get }
    /// - Throws: where the example lies in a file that cannot be read any more.
    subscript(place: Int) -> TokenizedExample { get throws }
    /// Tokens of the example at `place`, known without reading it.
    func tokenCount(at place: Int) -> Int
    /// Positions that carry the loss, known without reading the example.
    func labelCount(at place: Int) -> Int
    /// The examples at `places`, in the memory of `examples`.
    ///
    /// - Throws: as the subscript.
    func take(_ places: [Int], into examples: inout [TokenizedExample]) throws
}

extension Array: ExampleSource where Element == TokenizedExample {
    /// Each step asks for its rows, and no step takes memory: so it is written out for arrays.
    package func take(_ places: [Int], into examples: inout [TokenizedExample]) {
        examples.removeAll(keepingCapacity: true)
        for place in places { examples.append(self[place]) }
    }

    package func tokenCount(at place: Int) -> Int { self[place].tokens.count }
    package func labelCount(at place: Int) -> Int { self[place].labelPositions.count }
}

extension ExampleSource {
    /// Tokens of all examples, or of those in `places`.
    package func tokens(in places: Range<Int>? = nil) -> Int {
        (places ?? 0..<count).reduce(0) { $0 + tokenCount(at: $1) }
    }

    /// Positions that carry the loss, of all examples.
    package var labels: Int { (0..<count).reduce(0) { $0 + labelCount(at: $1) } }

    package func take(_ places: [Int], into examples: inout [TokenizedExample]) throws {
        examples.removeAll(keepingCapacity: true)
        for place in places { examples.append(try self[place]) }
    }
}

/// Several sources one after the other, each as many times as it has copies, which take no room.
package struct MixedExamples: ExampleSource {
    private struct Part {
        let examples: any ExampleSource
        /// Of the first copy's first example, among all.
        let start: Int
    }

    private let parts: [Part]
    package let count: Int
    /// Where each source's stand, copies included.
    package let ranges: [Range<Int>]

    package init(_ sources: [(examples: any ExampleSource, copies: Int)]) {
        var parts: [Part] = []
        var ranges: [Range<Int>] = []
        var start = 0
        for (examples, copies) in sources {
            parts.append(Part(examples: examples, start: start))
            ranges.append(start..<(start + examples.count * copies))
            start += examples.count * copies
        }
        (self.parts, self.ranges, count) = (parts, ranges, start)
    }

    package subscript(place: Int) -> TokenizedExample {
        get throws {
            let (examples, own) = locate(place)
            return try examples[own]
        }
    }

    package func tokenCount(at place: Int) -> Int {
        let (examples, own) = locate(place)
        return examples.tokenCount(at: own)
    }

    package func labelCount(at place: Int) -> Int {
        let (examples, own) = locate(place)
        return examples.labelCount(at: own)
    }

    private func locate(_ place: Int) -> (any ExampleSource, Int) {
        precondition(place >= 0 && place < count, "there is no example \(place) of \(count)")
        // Of sources without examples, which begin where the next does, none is the last to begin before it.
        let part = parts.last { $0.start <= place && $0.examples.count > 0 }!
        return (part.examples, (place - part.start) % part.examples.count)
    }
}
