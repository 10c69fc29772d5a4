import Adapters
import ArgumentParser
import Common
import Datasets
import Evaluation
import Foundation
import Manifests
import ModelFiles
import OperatingSystem
import Pipeline
import Publication
import Tensors
import Testing
import Tokenizers
import Training
import Transformers
import Worker
import lorad

private struct Parser: ParsableCommand {}

/// What each code of each target means to whoever meets it. The statuses are promised in the README: a change here is a
/// change for every script that runs lorad.
@Suite("Exit statuses")
struct ExitStatusTests {
    /// The exit status of every code, and those of its codes that a later attempt may not meet again.
    private func check<Code: FaultCode>(
        _ error: CodedFault<Code>.Type, _ expected: [Code: Int32], transient: Set<Code> = [], outcomes: Set<Code> = []
    ) {
        #expect(expected.count == Code.allCases.count)
        for code in Code.allCases {
            let fault = CodedFault(code, "It failed.")
            #expect(Failure.status(of: fault, parser: Parser.self) == expected[code], "\(error).\(code)")
            #expect(Transience.isTransient(fault) == transient.contains(code), "\(error).\(code)")
            #expect(fault.isOutcome == outcomes.contains(code), "\(error).\(code)")
        }
    }

    @Test("The numerical layer and models")
    func models() {
        check(
            TensorsError.self,
            [.shapeMismatch: 70, .unsupported: 70, .outOfMemory: 70, .libraryFailure: 70, .unknownVariant: 64])
        check(TransformersError.self, [.unsupported: 65, .mismatch: 65, .tooLong: 65])
        check(DatasetsError.self, [.missing: 66, .malformed: 65])
        check(TokenizersError.self, [.missing: 66, .malformed: 65, .unsupported: 65, .invalidText: 65])
        check(
            ModelFilesError.self,
            [
                .missing: 66, .malformed: 65, .unsupported: 65, .mismatch: 65, .notFinite: 65, .forbidden: 65,
            ])
    }

    @Test("Adapters, training and evaluation")
    func training() {
        check(
            AdaptersError.self,
            [
                .unknownTarget: 65, .missing: 66, .malformed: 65, .unsupported: 65, .mismatch: 65, .zeroUpdate: 65,
                .notFinite: 65,
            ], outcomes: [.zeroUpdate, .notFinite])
        check(
            TrainingError.self,
            [
                .missing: 66, .malformed: 65, .noSupervisedTokens: 65, .notFinite: 65, .mismatch: 65, .interrupted: 130,
            ], outcomes: [.notFinite])
        check(
            EvaluationError.self, [.missing: 66, .malformed: 65, .notFinite: 65, .mismatch: 65, .interrupted: 130],
            outcomes: [.notFinite])
    }

    @Test("Manifests and jobs")
    func jobs() {
        check(ManifestsError.self, [.missing: 66, .unreadable: 66, .invalid: 65, .forbidden: 65])
        check(
            PipelineError.self,
            [
                .rejected: 65, .failed: 1, .missing: 66, .interrupted: 130, .unwritable: 75, .locked: 75, .noSpace: 75,
            ], transient: [.unwritable, .locked, .noSpace])
        check(PublicationError.self, [.rejected: 65, .missing: 66, .unwritable: 75], transient: [.unwritable])
    }

    @Test("The worker, and what it waits for")
    func worker() {
        check(
            WorkerError.self,
            [
                .missing: 66, .locked: 75, .unwritable: 75, .ledger: 70, .ledgerRefused: 65, .system: 70, .webhook: 65,
                .configuration: 65, .unknownJob: 66, .wrongState: 64, .fenced: 70, .manifest: 65,
                .message: 70, .export: 65,
            ], transient: [.locked, .unwritable])
        for code in WorkerErrorCode.allCases {
            #expect(WorkerError(code, "m").mayPass == [.unwritable, .system].contains(code), "\(code)")
        }
        let faults: [IntakeFault] = [.died("fell"), .unavailable("no memory"), .givenUp]
        for fault in faults {
            #expect(Failure.status(of: fault, parser: Parser.self) == 70)
            #expect(!fault.mayPass && !fault.isOfInput)
        }
    }

    @Test("What the system refused: disks and locks are worth another attempt")
    func files() {
        check(
            SystemError.self, [.missing: 66, .unwritable: 75, .locked: 75, .refused: 70],
            transient: [.unwritable, .locked])
        for code in SystemErrorCode.allCases {
            #expect(SystemError(code, "m").mayPass == [.unwritable, .refused].contains(code), "\(code)")
        }
    }

    @Test("What the system has to say: a full or vanished disk is worth another attempt, and nothing else is")
    func system() {
        for code: POSIXErrorCode in [.ENOSPC, .EDQUOT, .EROFS, .EIO, .ENOMEM] {
            #expect(Transience.isTransient(POSIXError(code)), "\(code)")
        }
        let cocoa: [CocoaError.Code] = [
            .fileWriteOutOfSpace, .fileWriteVolumeReadOnly, .fileWriteNoPermission, .fileWriteUnknown, .fileNoSuchFile,
        ]
        for code in cocoa { #expect(Transience.isTransient(CocoaError(code)), "\(code)") }
        #expect(!Transience.isTransient(POSIXError(.ENOENT)) && !Transience.isTransient(POSIXError(.EACCES)))
        #expect(!Transience.isTransient(CocoaError(.fileReadNoSuchFile)))
        #expect(Failure.status(of: POSIXError(.ENOSPC), parser: Parser.self) == 70)
    }

    @Test("What the argument parser has to say is left to it")
    func parser() {
        #expect(Failure.status(of: ValidationError("No."), parser: Parser.self) == nil)
        #expect(Failure.status(of: CleanExit.message("Done."), parser: Parser.self) == nil)
    }

    @Test("An error of several mistakes tells each of them")
    func mistakes() {
        let mistakes = (1...2).map { Diagnostic(file: "job.yaml", line: $0, column: 1, message: "no \($0)") }
        let several = ManifestsError(mistakesIn: "job.yaml", mistakes)
        #expect(ErrorLines.of(several) == ["job.yaml:1:1: no 1", "job.yaml:2:1: no 2"])
        #expect(several.message == "job.yaml has 2 mistakes.")
        let one = PipelineError(
            mistakesIn: "job.yaml",
            [Diagnostic(file: "a", line: 3, column: 0, message: "no", cause: "A cause.", advice: "Do so.")])
        #expect(ErrorLines.of(one) == ["a:3: no", "A cause.", "Do so."])
        #expect(one.cause == "A cause." && one.advice == "Do so." && one.code == .rejected)
    }
}
