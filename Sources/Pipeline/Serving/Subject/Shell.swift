/// Words of a command line.
enum Shell {
    /// The word as a shell takes it, whatever is in it.
    static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            [0x30...0x39, 0x41...0x5A, 0x61...0x7A].contains { $0.contains(byte) } || "/._-+=:@%,".utf8.contains(byte)
        }
        return isPlain && !word.isEmpty ? word : "'" + word.replacingOccurrences(of: "'", with: #"'\''"#) + "'"
    }
}
