import Foundation
import Manifests

/// Where a run may stand.
package enum RunPlace {
    /// NAME of `outbox/NAME/RUN`; nil for any other path.
    package static func name(of run: String, in outbox: String) -> String? {
        guard run.utf8.count <= PathPolicy.longestPath, !run.utf8.contains(0) else { return nil }
        let place = URL(fileURLWithPath: outbox).standardizedFileURL.path + "/"
        let path = URL(fileURLWithPath: run).standardizedFileURL.path
        guard path.hasPrefix(place) else { return nil }
        let names = path.dropFirst(place.count).split(separator: "/")
        return names.count == 2 ? String(names[0]) : nil
    }
}
