import Foundation
import LedgerSupport
import Worker

/// A shell script in the place of the process that reads manifests. Each process is counted, a line in `starts`.
///
/// What it may read is its first line, and kept. Of an order it can be told what it reads by the names in its line, and
/// `answer NAME` answers that it is accepted.
struct ScriptedIntake {
    let folder: ScratchFolder
    let child: IntakeChild

    private static let beginning = """
        echo start >> starts
        read -r files
        printf '%s\\n' "$files" >> files
        echo '{"ready":{}}'
        answer() {
            echo '{"inspected":{"_0":{"file":{"text":"succeed # '$1'","sha256":"'$1'"},"lastChange":0,"verdict":{"accepted":{"name":"'$1'","priority":0,"inputs":[]}}}}}'
        }

        """

    /// - Parameter loop: run for every order, its line in `$order`.
    init(
        folder: ScratchFolder, loop: String, beginning: String = beginning, patience: Double = 10,
        silence: Double = 60, start: Double = 10
    ) {
        self.folder = folder
        var times = IntakeChild.Patience()
        times.order = patience
        times.silence = silence
        times.start = start
        // As the worker does: a script that reads nothing would end the tests.
        signal(SIGPIPE, SIG_IGN)
        let script = "cd '\(folder.path)'\n\(beginning)\nwhile read -r order; do\n\(loop)\ndone"
        child = IntakeChild(
            executable: "/bin/sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"],
            errorFile: folder.path + "/intake.stderr", patience: times)
    }

    /// What each process was told it may read, a line each.
    var files: [String] { ((try? folder.read("files")) ?? "").split(separator: "\n").map(String.init) }

    /// How many processes there have been.
    var starts: Int { ((try? folder.read("starts")) ?? "").split(separator: "\n").count }
}
