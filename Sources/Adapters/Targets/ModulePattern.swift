/// A regular expression of Python's `re` over module paths, as adapter_config.json holds them.
///
/// Every way to match is followed at once, so that no expression takes more than polynomial time: what stands in a
/// downloaded file must not be able to stop a worker. References to groups, flags, atomic groups and looking behind,
/// which this way does not offer, are refused.
package struct ModulePattern: Sendable {
    /// The expression.
    package let text: String
    private let nodes: [Node]
    private let root: Int

    /// A part of the expression; parts name others by their place in `nodes`.
    enum Node: Sendable {
        case scalar(ScalarSet)
        case start
        case end
        case boundary(isOne: Bool)
        case sequence([Int])
        case alternatives([Int])
        case repetition(of: Int, atLeast: Int, atMost: Int?)
        case ahead(Int, isWanted: Bool)
    }

    /// - Throws: `AdaptersError.unsupported` for what is no regular expression, or more than this one computes.
    package init(_ text: String) throws {
        var parser = try ModulePatternParser(text)
        root = try parser.parse()
        nodes = parser.nodes
        self.text = text
    }

    /// Python's `re.fullmatch`.
    package func matches(_ path: String) -> Bool {
        let matching = Matching(nodes: nodes, text: Array(path.unicodeScalars))
        return matching.ends(root, from: 0).contains(matching.text.count)
    }

    /// Where the expression may end that begins at a scalar of `path`, as scalars from its start.
    func ends(in path: String, from start: Int) -> Set<Int> {
        Matching(nodes: nodes, text: Array(path.unicodeScalars)).ends(root, from: start)
    }
}

/// One text against one expression.
private final class Matching {
    private let nodes: [ModulePattern.Node]
    let text: [Unicode.Scalar]
    /// Ends of a node from a place, once they are known.
    private var known: [Int: Set<Int>] = [:]

    init(nodes: [ModulePattern.Node], text: [Unicode.Scalar]) {
        self.nodes = nodes
        self.text = text
    }

    func ends(_ node: Int, from start: Int) -> Set<Int> {
        let key = node * (text.count + 1) + start
        if let ends = known[key] { return ends }
        let ends = compute(node, start)
        known[key] = ends
        return ends
    }

    private func ends(_ node: Int, from starts: Set<Int>) -> Set<Int> {
        starts.reduce(into: []) { $0.formUnion(ends(node, from: $1)) }
    }

    private func compute(_ node: Int, _ start: Int) -> Set<Int> {
        func when(_ holds: Bool) -> Set<Int> { holds ? [start] : [] }
        switch nodes[node] {
        case .scalar(let set): return start < text.count && set.contains(text[start]) ? [start + 1] : []
        case .start: return when(start == 0)
        case .end: return when(start == text.count)
        case .boundary(let isOne):
            let before = start > 0 && ScalarSet.word.contains(text[start - 1])
            let after = start < text.count && ScalarSet.word.contains(text[start])
            return when((before != after) == isOne)
        case .sequence(let parts):
            return parts.reduce(into: [start]) { places, part in
                if !places.isEmpty { places = ends(part, from: places) }
            }
        case .alternatives(let parts): return parts.reduce(into: []) { $0.formUnion(ends($1, from: start)) }
        case .repetition(let part, let atLeast, let atMost): return repeated(part, atLeast, atMost, from: start)
        case .ahead(let part, let isWanted): return when(ends(part, from: start).isEmpty != isWanted)
        }
    }

    private func repeated(_ part: Int, _ atLeast: Int, _ atMost: Int?, from start: Int) -> Set<Int> {
        var places: Set<Int> = [start]
        for _ in 0..<atLeast {
            let next = ends(part, from: places)
            if next == places { break }
            places = next
        }
        var reached = places
        var count = atLeast
        // A place that was reached before leads nowhere that its first time did not.
        while !places.isEmpty, count < atMost ?? .max {
            places = ends(part, from: places).subtracting(reached)
            reached.formUnion(places)
            count += 1
        }
        return reached
    }
}

/// A class of characters.
struct ScalarSet: Sendable {
    private(set) var ranges: [ClosedRange<UInt32>]
    private(set) var isNegated = false

    /// Python's `\w`, of ASCII.
    static let word = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let digit = ScalarSet(ranges: [0x30...0x39])
    static let space = ScalarSet(ranges: [0x09...0x0D, 0x20...0x20])
    /// Python's `.`.
    static let anyButNewline = ScalarSet(ranges: [0x0A...0x0A], isNegated: true)

    init(ranges: [ClosedRange<UInt32>], isNegated: Bool = false) {
        self.ranges = ranges
        self.isNegated = isNegated
    }

    init(_ scalar: Unicode.Scalar) { self.init(ranges: [scalar.value...scalar.value]) }

    var negated: ScalarSet { ScalarSet(ranges: ranges, isNegated: !isNegated) }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isNegated
    }

    /// What is in either.
    func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges: plain + other.plain) }

    /// The ranges, written out where they were negated.
    private var plain: [ClosedRange<UInt32>] {
        guard isNegated else { return ranges }
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        return next <= 0x10FFFF ? result + [next...0x10FFFF] : result
    }
}
