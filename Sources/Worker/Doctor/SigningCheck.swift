import Common
import Manifests
import Pipeline

/// Whether published runs can be signed by the key that lorad.yaml names.
struct SigningCheck {
    let configuration: WorkerConfiguration

    func findings() -> [Finding] {
        guard configuration.signing.keyFile != nil else { return [Finding("signing", "runs are not signed")] }
        do {
            let words = try RunSigning(configuration.signing).map { "by the key \($0.fingerprint)" }
            return [Finding("signing", words ?? "runs are not signed")]
        } catch {
            let fault = error as? any Fault
            return [
                Finding("signing", fault?.message ?? "the key cannot be read", .problem, advice: fault?.advice ?? "")
            ]
        }
    }
}
