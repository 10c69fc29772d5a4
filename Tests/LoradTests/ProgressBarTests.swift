import JobReports
import Testing
import lorad

@Suite("The bar on a terminal")
struct ProgressBarTests {
    private static let progress = StageProgress(
        stage: .train, done: 75, total: 150, unit: .steps, rate: 0.5, loss: 0.4321, tokensPerSecond: 2_345,
        stageSecondsLeft: 150, secondsLeft: 394)

    private func line(_ columns: Int, hasBlocks: Bool = false) -> String {
        ProgressBar(hasBlocks: hasBlocks, columns: { columns }, write: { _ in }).line(Self.progress)
    }

    @Test("It never reaches the edge of the terminal, where the line would break", arguments: 1...140)
    func fits(columns: Int) {
        for hasBlocks in [false, true] {
            let line = line(columns, hasBlocks: hasBlocks)
            #expect(line.count < max(2, columns))
        }
    }

    @Test("With less room it says less: first the loss goes, then the bar, then the time, never the place")
    func narrower() {
        #expect(line(120) == "##########---------- train step 75 of 150, loss 0.4321, 2345 tokens/s, 6 min 34 s left")
        #expect(line(60) == "##########---------- train step 75 of 150, 6 min 34 s left")
        #expect(line(40) == "train step 75 of 150, 6 min 34 s left")
        #expect(line(30) == "train step 75 of 150")
        #expect(line(11) == "train step")
    }

    @Test("A worker's bar names the job, and fits as well", arguments: 1...140)
    func titled(columns: Int) {
        let line = ProgressBar(hasBlocks: false, columns: { columns }, write: { _ in })
            .line(Self.progress, of: "sentiment")
        #expect(line.count < max(2, columns))
        if columns == 60 { #expect(line == "sentiment train step 75 of 150, 6 min 34 s left") }
    }

    @Test("Its characters are those of the locale")
    func characters() {
        let isPlain = line(120).allSatisfy(\.isASCII)
        #expect(isPlain)
        #expect(line(120, hasBlocks: true).hasPrefix("██████████░░░░░░░░░░ "))
        #expect(ProgressBar.isUTF8(["LANG": "en_US.UTF-8"]) && ProgressBar.isUTF8(["LC_ALL": "C.utf8", "LANG": "C"]))
        #expect(!ProgressBar.isUTF8([:]) && !ProgressBar.isUTF8(["LANG": "C"]))
        #expect(!ProgressBar.isUTF8(["LC_ALL": "POSIX", "LANG": "en_US.UTF-8"]))
    }

    @Test("A terminal that cannot go back to the beginning of its line gets lines")
    func dumb() {
        #expect(ProgressBar.movesCursor(["TERM": "xterm"]))
        #expect(!ProgressBar.movesCursor(["TERM": "dumb"]) && !ProgressBar.movesCursor(["TERM": ""]))
        #expect(!ProgressBar.movesCursor([:]))
    }
}
