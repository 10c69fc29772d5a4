import Executors

/// The confinement of the intake's process: it reads what it was told at its start, and writes no file at all.
struct IntakeSandbox {
    private let confinement: Confinement
    private let seen: PathsSeen

    /// Confines this process as far as the kernel can, of which `doctor` tells.
    init(_ files: IntakeFiles) {
        seen = PathsSeen(files.reads)
        confinement = Confinement.apply(reads: files.reads + SystemFiles.named, writes: [])
    }

    /// The answer, unless it may come of a refusal that a new process would not meet: a root that is another folder by
    /// now, say, since a link was turned or a file system mounted.
    func judged(_ answer: IntakeAnswer) -> IntakeAnswer {
        guard answer.mayBeRefusal, case .holds = confinement.landlock, seen.moved != nil else { return answer }
        return .outdated
    }
}

extension IntakeAnswer {
    /// Whether it may say of a file what is only true for a process that may not read it.
    var mayBeRefusal: Bool {
        switch self {
        case .inspected(let inspection):
            if case .accepted = inspection.verdict { inspection.lastChange == nil } else { true }
        case .prepared(let manifest): manifest.unstamped == nil
        case .compared(let difference, _): difference != nil
        case .failed: true
        case .ready, .reading, .outdated: false
        }
    }
}
