import ArgumentParser
import Testing
import lorad

@Suite("A command that there is none of")
struct CommandNameTests {
    private func complaint(_ arguments: [String]) -> String? {
        do {
            try CommandName.check(arguments, of: Lorad.self)
            return nil
        } catch { return Lorad.message(for: error) }
    }

    @Test("The command that was meant is named, beneath another one too")
    func suggestions() {
        #expect(complaint(["stauts"]) == #"There is no command "stauts"; did you mean status?"#)
        #expect(complaint(["webhooks", "lst"]) == #"There is no command "lst"; did you mean list?"#)
        #expect(complaint(["frobnicate"]) == #"There is no command "frobnicate"."#)
        // What the worker calls itself is nobody's to be told.
        #expect(complaint(["job-proces"]) == #"There is no command "job-proces"."#)
    }

    @Test("Commands, options and help are left to the parser")
    func known() {
        for arguments in [
            [], ["status"], ["webhooks", "list"], ["--version"], ["help", "run"], ["job-process"], ["run", "x"],
        ] {
            #expect(complaint(arguments) == nil, "\(arguments)")
        }
    }
}
