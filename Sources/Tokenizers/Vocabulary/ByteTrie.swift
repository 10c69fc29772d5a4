/// Byte strings with a value each, found by their beginnings.
///
/// A node's children lie side by side, in the order of their labels.
struct ByteTrie: Sendable {
    private struct Node: Sendable {
        var firstChild: Int32 = 0
        /// The value of the string that ends here, −1 where none does.
        var value: Int32 = -1
        var childCount: UInt16 = 0
        var label: UInt8 = 0
    }

    private var nodes = [Node()]
    /// The root's child of each byte, −1 where it has none.
    private var rootChildren = [Int32](repeating: -1, count: 256)

    static let root = 0

    /// Of two equal strings the later one stands.
    init(_ keys: [(bytes: [UInt8], value: Int)]) {
        let order = keys.indices.sorted { left, right in
            let (a, b) = (keys[left].bytes, keys[right].bytes)
            return a == b ? left < right : a.lexicographicallyPrecedes(b)
        }
        // Breadth first: of each node, the keys that share its path, and how long that is.
        var pending = [(keys: order.startIndex..<order.endIndex, depth: 0)]
        var node = 0
        while node < pending.count {
            var (range, depth) = pending[node]
            while let first = range.first, keys[order[first]].bytes.count == depth {
                nodes[node].value = Int32(keys[order[first]].value)
                range.removeFirst()
            }
            nodes[node].firstChild = Int32(nodes.count)
            while let first = range.first {
                let label = keys[order[first]].bytes[depth]
                let end = range.first { keys[order[$0]].bytes[depth] != label } ?? range.upperBound
                nodes.append(Node(label: label))
                nodes[node].childCount += 1
                pending.append((first..<end, depth + 1))
                range = end..<range.upperBound
            }
            node += 1
        }
        for offset in 0..<Int(nodes[0].childCount) { rootChildren[Int(nodes[1 + offset].label)] = Int32(1 + offset) }
    }

    /// The child of `node` along `byte`; nil where no string goes on that way.
    @inline(__always)
    func child(of node: Int, along byte: UInt8) -> Int? {
        if node == Self.root {
            let child = rootChildren[Int(byte)]
            return child < 0 ? nil : Int(child)
        }
        var lower = Int(nodes[node].firstChild)
        var upper = lower + Int(nodes[node].childCount)
        while lower < upper {
            let middle = (lower + upper) / 2
            let label = nodes[middle].label
            if label == byte { return middle }
            if label < byte { lower = middle + 1 } else { upper = middle }
        }
        return nil
    }

    /// The value of the string that ends at `node`.
    @inline(__always)
    func value(at node: Int) -> Int? {
        let value = nodes[node].value
        return value < 0 ? nil : Int(value)
    }

    @inline(__always)
    func begins(with byte: UInt8) -> Bool { rootChildren[Int(byte)] >= 0 }

    /// The node at the end of a path; nil where no string begins so.
    func node(along path: some Sequence<UInt8>, from start: Int = root) -> Int? {
        var node = start
        for byte in path {
            guard let next = child(of: node, along: byte) else { return nil }
            node = next
        }
        return node
    }

    /// The value of exactly these bytes.
    func value(of path: some Sequence<UInt8>) -> Int? { node(along: path).flatMap(value(at:)) }

    /// The longest string that stands at `start` of `text` before `limit`, going on from `node`.
    @inline(__always)
    func longestPrefix(
        of text: [UInt8], from start: Int, before limit: Int? = nil, node start0: Int = root
    ) -> (value: Int, end: Int)? {
        var node = start0
        var position = start
        var found: (value: Int, end: Int)?
        let limit = limit ?? text.count
        while position < limit, let next = child(of: node, along: text[position]) {
            node = next
            position += 1
            if let value = value(at: node) { found = (value, position) }
        }
        return found
    }
}
