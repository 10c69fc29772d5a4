import ArgumentParser
import Common
import Digests
import Foundation
import ModelFiles
import Pipeline

struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks a published run: checksums, base, adapter, and that all still answer as its report says.")

    @Argument(help: "outbox/NAME/RUN, or NAME@17, NAME@champion, …")
    var runFolder: String
    @Option(help: "Where the base lies, if not where the run found it.")
    var base: String?
    @Option(help: "A public key (ECDSA over P-256, PEM) by which the run must be signed.")
    var key: String?
    @Flag(help: "JSON on stdout.")
    var json = false
    @OptionGroup var worker: WorkerOptions

    func run() throws {
        _ = try worker.load()
        let folder = try worker.runFolder(runFolder)
        var verification = try RunVerification(
            folder, base: base, key: publicKey(), reporter: JobReporter(ProgressPrinter().take))
        let verdict = try verification.run()
        if verdict.passed, let version = try worker.worker().recordProof(ofRun: folder, user: RegistryWords.user) {
            Failure.write("\(version.reference) was imported, and is verified now")
        }
        if json {
            try Output.json(verdict)
        } else {
            for check in verdict.checks {
                Output.line("\(Self.mark(check.status)) \(check.name.rawValue): \(check.detail)")
            }
        }
        if let fault = verdict.fault { throw ExitCode(fault) }
    }

    private func publicKey() throws -> P256PublicKey? {
        guard let key else { return nil }
        let data = BoundedFile.read(key, limit: 64 << 10)
        guard let publicKey = data.flatMap({ P256PublicKey(pem: $0) }) else {
            throw ValidationError(
                "\(key) holds no public key of P-256 in PEM; `openssl ec -in signing.pem -pubout` prints one.")
        }
        return publicKey
    }

    private static func mark(_ status: RunCheck.Status) -> String {
        switch status {
        case .passed: "ok         "
        case .failed: "FAILED     "
        case .notChecked: "not checked"
        }
    }
}
