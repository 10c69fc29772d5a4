extension YAMLNode {
    /// Of two entries that are both there and not null, the one written second.
    func later(of first: String, _ second: String) -> YAMLEntry? {
        guard self[first] != nil, self[second] != nil, let left = entry(first), let right = entry(second) else {
            return nil
        }
        return left.position.follows(right.position) ? left : right
    }
}
