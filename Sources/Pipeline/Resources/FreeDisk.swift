import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Room on file systems.
package enum FreeDisk {
    /// Bytes that a process without privileges may still write on the file system of `path`; nil where it cannot be
    /// told. See statvfs(3).
    package static func bytes(at path: String) -> Int? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return Int(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
    }

    /// What is to be written in several folders, added up for those that lie on one file system: there the bytes come from
    /// the same room. The first folder of each stands for it; one that cannot be looked at stands for itself.
    package static func byFileSystem(_ demands: [(folder: String, bytes: Int)]) -> [(folder: String, bytes: Int)] {
        var sums: [(device: dev_t?, folder: String, bytes: Int)] = []
        for (folder, bytes) in demands {
            var status = stat()
            let device = stat(folder, &status) == 0 ? status.st_dev : nil
            if let device, let index = sums.firstIndex(where: { $0.device == device }) {
                sums[index].bytes += bytes
            } else {
                sums.append((device, folder, bytes))
            }
        }
        return sums.map { ($0.folder, $0.bytes) }
    }
}
