import Foundation
import TestSupport

extension TemporaryFolder {
    func copyFixture(_ name: String) throws {
        for file in try FileManager.default.contentsOfDirectory(atPath: Fixtures.path(name)) {
            try FileManager.default.copyItem(atPath: Fixtures.path("\(name)/\(file)"), toPath: "\(path)/\(file)")
        }
    }
}
