import Foundation
import Glibc
import LedgerSupport
import Manifests
import OperatingSystem
import TestSupport
import Testing
import Worker

/// The worker's side of the process that reads manifests; shell scripts stand for the other side.
@Suite("The intake's process")
struct IntakeChildTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func order(_ name: String) -> IntakeOrder {
        IntakeOrder(.inspect(path: folder.path + "/" + name, name: name, rule: nil), WorkerConfiguration())
    }

    /// What of an answer counts here.
    private func name(_ answer: IntakeAnswer) -> String? {
        guard case .inspected(let inspection) = answer, case .accepted(let name, _, _, _, _, _) = inspection.verdict
        else {
            return nil
        }
        return name
    }

    private func fault(_ intake: ScriptedIntake, _ name: String = "a", isWanted: () -> Bool = { true }) -> IntakeFault?
    {
        do {
            _ = try intake.child.answer(order(name), isWanted: isWanted)
            return nil
        } catch { return error as? IntakeFault }
    }

    @Test("One process answers many orders, in turn")
    func many() throws {
        let intake = ScriptedIntake(
            folder: folder, loop: #"case "$order" in *first*) answer one;; *) answer two;; esac"#)
        for _ in 0..<20 {
            #expect(try name(intake.child.answer(order("first"), isWanted: { true })) == "one")
            #expect(try name(intake.child.answer(order("second"), isWanted: { true })) == "two")
        }
        #expect(intake.starts == 1)
    }

    @Test(
        "One that dies of an order, overruns or says what nobody understands is replaced, and the next order answered")
    func replaced() throws {
        let script = #"""
            case "$order" in
                *crash*) echo 'bad luck' >&2; kill -SEGV $$;;
                *hang*) sleep 100;;
                *noise*) echo 'no JSON';;
                *lies*) echo '{"compared":{}}';;
                *) answer fine;;
            esac
            """#
        let intake = ScriptedIntake(folder: folder, loop: script, patience: 1.5)
        for (index, (kind, words)) in [
            ("crash", "signal 11 (Segmentation fault); it last wrote: bad luck"),
            ("hang", "s without an answer"), ("noise", "cannot be understood"),
            ("lies", "answered what was not asked"),
        ].enumerated() {
            guard case .died(let how)? = fault(intake, kind) else {
                Issue.record("\(kind) was survived")
                continue
            }
            #expect(how.contains(words), "\(kind): \(how)")
            #expect(try name(intake.child.answer(order("other"), isWanted: { true })) == "fine")
            #expect(intake.starts == index + 2)
        }
    }

    @Test("It is told what it may read before it works, and is replaced for an order that must read something else")
    func files() throws {
        let intake = ScriptedIntake(folder: folder, loop: "answer fine")
        func ask(_ request: IntakeRequest, _ roots: [String]) throws {
            var configuration = WorkerConfiguration()
            configuration.allowedRoots = roots
            configuration.pipelines = "/pipelines"
            _ = try intake.child.answer(IntakeOrder(request, configuration), isWanted: { true })
        }
        for name in ["one", "two"] {
            try ask(.inspect(path: "/claimed/\(name)/a.yaml", name: "a.yaml", rule: nil), ["/data"])
        }
        #expect(intake.files == [#"{"reads":["/data","/pipelines","/claimed"]}"#])
        try ask(.inspect(path: "/claimed/three/a.yaml", name: "a.yaml", rule: nil), ["/data", "/more"])
        #expect(intake.files.last == #"{"reads":["/data","/more","/pipelines","/claimed"]}"#)
        // What the script answers is not what was asked for, which is not the question here.
        _ = try? ask(.prepare(path: "/night.yaml", settings: [], due: Date()), ["/data"])
        #expect(intake.files.last == #"{"reads":["/data","/pipelines","/night.yaml"]}"#)
        _ = try? ask(.compare(text: "", path: "a.yaml", run: "/out/a/1", hashes: nil), ["/data"])
        #expect(intake.files.last == #"{"reads":["/data","/pipelines","/out/a/1"]}"#)
        #expect(intake.starts == 4)
    }

    @Test("One that says that its files were replaced is replaced too, and not for ever")
    func outdated() throws {
        let intake = ScriptedIntake(
            folder: folder, loop: #"[ "$(wc -l < starts)" -lt 2 ] && echo '{"outdated":{}}' || answer fine"#)
        #expect(try name(intake.child.answer(order("a"), isWanted: { true })) == "fine")
        #expect(intake.starts == 2)
        let endless = ScriptedIntake(folder: try ScratchFolder(), loop: #"echo '{"outdated":{}}'"#)
        #expect(fault(endless) == .unavailable("It said 3 times that its files had been replaced."))
        #expect(endless.starts == 3)
    }

    @Test("One whose answer does not end is ended")
    func flood() throws {
        let intake = ScriptedIntake(folder: folder, loop: "exec head -c 30000000 /dev/zero", patience: 120)
        #expect(fault(intake) == .died("answered more than any manifest can take"))
    }

    @Test("One that dies while nothing is asked of it is replaced, and no order blamed")
    func idleDeath() throws {
        let intake = ScriptedIntake(folder: folder, loop: "echo $$ > pid; answer fine")
        _ = try intake.child.answer(order("a"), isWanted: { true })
        let pid = try #require(Int32(folder.read("pid").trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(kill(pid, SIGKILL) == 0)
        #expect(eventually { ProcessIdentity.of(pid: pid)?.isAlive != true })
        #expect(try name(intake.child.answer(order("b"), isWanted: { true })) == "fine")
        #expect(intake.starts == 2)
    }

    @Test("One that cannot be started, or never says that it can work, is nobody's fault")
    func unavailable() throws {
        let none = IntakeChild(
            executable: folder.path + "/none", arguments: [], environment: [:], errorFile: folder.path + "/stderr")
        #expect(throws: IntakeFault.unavailable("\(folder.path)/none: No such file or directory")) {
            try none.answer(order("a"), isWanted: { true })
        }
        let dying = ScriptedIntake(folder: folder, loop: "", beginning: "echo 'no library' >&2; exit 127")
        guard case .unavailable(let reason)? = fault(dying) else {
            Issue.record("it was started")
            return
        }
        #expect(reason.contains("exit code 127") && reason.contains("no library"))
        let mute = ScriptedIntake(folder: folder, loop: "", beginning: "sleep 100", start: 0.3)
        guard case .unavailable? = fault(mute) else {
            Issue.record("it was believed")
            return
        }
    }

    @Test("Who is asked to give up does so at once, and leaves no process behind")
    func givenUp() throws {
        let intake = ScriptedIntake(folder: folder, loop: "echo $$ > pid; sleep 100 & wait", patience: 60)
        let seconds = elapsedSeconds {
            #expect(fault(intake) { (try? folder.read("pid"))?.hasSuffix("\n") != true } == .givenUp)
        }
        // It would be waited for 60.
        #expect(seconds < 50)
        let pid = try #require(Int32(folder.read("pid").trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(eventually { ProcessIdentity.of(pid: pid)?.isAlive != true })
    }

    @Test("Signs of life make the wait for a comparison begin anew, and never that for a manifest")
    func signsOfLife() throws {
        let script = #"""
            for i in 1 2 3 4 5 6 7 8; do sleep 0.2; echo '{"reading":{}}'; done
            case "$order" in *compare*) echo '{"compared":{"difference":"the data changed"}}';; *) answer late;; esac
            """#
        let intake = ScriptedIntake(folder: folder, loop: script, patience: 1, silence: 1)
        let comparison = IntakeOrder(
            .compare(text: "", path: "", run: "", hashes: nil), WorkerConfiguration())
        let answer = try intake.child.answer(comparison, isWanted: { true })
        #expect(answer == .compared(difference: "the data changed"))
        guard case .died? = fault(intake) else {
            Issue.record("it was waited for")
            return
        }
    }

    @Test("It has its three pipes and nothing else of the worker's, and dies with the object that started it")
    func descriptors() throws {
        // As a library leaves them that does not know of O_CLOEXEC.
        let careless = (0..<40).map { _ in open("/dev/null", O_RDONLY) }
        defer { for descriptor in careless { close(descriptor) } }
        let pid = try {
            let intake = ScriptedIntake(folder: folder, loop: "echo $$ > pid; ls -1 /proc/$$/fd > fds; answer fine")
            _ = try intake.child.answer(order("a"), isWanted: { true })
            return try #require(Int32(folder.read("pid").trimmingCharacters(in: .whitespacesAndNewlines)))
        }()
        // 10 and above are the shell's own, of which dash has none here.
        let descriptors = try folder.read("fds").split(separator: "\n").compactMap { Int($0) }
            .filter { $0 < 10 || careless.contains(Int32($0)) }
        #expect(descriptors == [0, 1, 2])
        #expect(eventually { ProcessIdentity.of(pid: pid)?.isAlive != true })
    }

    @Test("An answer that says more than any sound process would is none")
    func bounds() throws {
        func line(_ answer: IntakeAnswer) throws -> String {
            String(decoding: try JSONEncoder().encode(answer), as: UTF8.self)
        }
        let hashes = String(repeating: "x", count: 1 << 20)
        #expect(try IntakeAnswer.read(line(.compared(difference: nil, hashes: hashes))) != nil)
        #expect(try IntakeAnswer.read(line(.compared(difference: nil, hashes: hashes + "x"))) == nil)
        let good = IntakeAnswer.failed(lines: ["night.yaml cannot be read."])
        #expect(try IntakeAnswer.read(line(good)) == good)
        #expect(try IntakeAnswer.read(line(.failed(lines: Array(repeating: "x", count: 501)))) == nil)
        #expect(try IntakeAnswer.read(line(.compared(difference: String(repeating: "x", count: 5_000)))) == nil)
        let folder = try ScratchFolder()
        try folder.write("name: a", to: "a.yaml")
        let reading = Inspection.of(folder.path + "/a.yaml", name: "a.yaml") { _ in
            .accepted(name: "a", notify: nil, inputs: ["base", "rows"])
        }
        let text = try line(.inspected(reading))
        #expect(IntakeAnswer.read(text) == .inspected(reading))
        let endless = text.replacingOccurrences(of: "\"rows\"", with: "\"\(String(repeating: "x", count: 262_144))\"")
        #expect(endless != text && IntakeAnswer.read(endless) == nil)
        #expect(IntakeAnswer.read("{}") == nil && IntakeAnswer.read("") == nil)
        let long =
            "{\"inspected\":{\"_0\":{\"file\":{\"text\":\"\(String(repeating: "x", count: 1_048_577))\",\"sha256\":\"\"}}}}"
        #expect(IntakeAnswer.read(long) == nil)
    }
}
