/// The confinement of the intake's process: it reads what it was told at its start, and writes no file at all.
struct IntakeSandbox {
    private let seen: PathsSeen

    /// Confines this process as far as the kernel can, of which `doctor` tells.
    init(_ files: IntakeFiles) {
        seen = PathsSeen(files.reads)
        _ = Confinement.apply(reads: files.reads + SystemFiles.named, writes: [])
    }

    /// What `desk` answers, unless it may have met with a refusal that a new process would not: a root that is another
    /// folder by now, say, since a link was turned or a file system mounted.
    func answer(_ desk: () -> IntakeAnswer) -> IntakeAnswer {
        guard seen.moved == nil else { return .outdated }
        let answer = desk()
        return seen.moved == nil ? answer : .outdated
    }
}
