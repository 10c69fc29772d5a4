import Common
import Executors
import Foundation
import Manifests
import ModelFiles

/// Moves the hashes that an attempt had to find out into the cache that all jobs read and none writes.
///
/// The manifest tells which files may be hashed, and this process reads none: one that does is asked. Without an answer
/// the next job reads its base once more.
struct HashAdoption {
    let configuration: WorkerConfiguration
    let makeReader: @Sendable (_ purpose: String) -> any IntakeReader

    func adopt(from request: JobRequest) {
        let name = (request.manifestPath as NSString).lastPathComponent
        let order = IntakeOrder(.inspect(path: request.manifestPath, name: name, rule: nil), configuration)
        guard let data = BoundedFile.read(request.hashAdditions, limit: HashCache.mostAdopted),
            case .inspected(let inspection)? = try? makeReader("hashes").answer(order, isWanted: { true }),
            case .accepted(_, _, _, let inputs, _, _)? = inspection.verdict
        else { return }
        HashCache(file: configuration.hashCache).adopt(data, under: inputs.flatMap(JobFiles.withLinks))
    }
}
