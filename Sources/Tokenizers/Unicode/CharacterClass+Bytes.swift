extension Array where Element == UInt8 {
    @inline(__always)
    func characterClass(at position: Int) -> (kind: CharacterClass, length: Int) {
        let byte = self[position]
        if byte < 0x80 { return (CharacterClass.ofASCII(byte), 1) }
        let (scalar, length) = scalar(at: position)
        return (CharacterClass(scalar), length)
    }

    /// Where the run of characters of `kind` that goes on at `start` ends.
    @inline(__always)
    func runEnd(_ start: Int, _ limit: Int, _ kind: CharacterClass) -> Int {
        var end = start
        while end < limit {
            let (next, length) = characterClass(at: end)
            guard next == kind else { break }
            end += length
        }
        return end
    }
}
