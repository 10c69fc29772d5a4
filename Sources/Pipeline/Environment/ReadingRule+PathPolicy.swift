import Manifests
import ModelFiles

extension ReadingRule {
    /// What a manifest's author may have read: judged by where an opened file lies.
    init(_ policy: PathPolicy) {
        self.init { place in
            policy.refusal(of: place.path, device: place.device, inode: place.inode).map {
                Refusal(cause: $0.cause, advice: $0.advice)
            }
        }
    }
}
