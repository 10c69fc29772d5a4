import Common
import Glibc

/// Which file system a path lies on, from `/proc/self/mountinfo`, see proc(5).
package enum MountTable {
    /// The network file system under `path` (`nfs4`, `cifs`, …); nil where it is a local one or cannot be told.
    ///
    /// SQLite's write-ahead log needs shared memory, and flock and rename one kernel: a network folder gives neither.
    /// FUSE is let through, as it may be local.
    package static func networkFileSystem(of path: String) -> String? {
        guard let device = FileSystem.status(path, followingLinks: true)?.st_dev,
            let text = KernelText.read("/proc/self/mountinfo")
        else { return nil }
        // glibc's gnu_dev_major and gnu_dev_minor, which are macros.
        let major = (device >> 8) & 0xFFF | (device >> 32) & ~0xFFF
        let minor = device & 0xFF | (device >> 12) & ~0xFF
        let type = type(ofDevice: "\(major):\(minor)", mountInfo: text)
        return type.flatMap { networkTypes.contains($0) ? $0 : nil }
    }

    /// The type that a mountinfo text gives to the device `major:minor`.
    package static func type(ofDevice device: String, mountInfo: String) -> String? {
        for line in mountInfo.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 3, fields[2] == device, let separator = fields.firstIndex(of: "-"),
                separator + 1 < fields.count
            else { continue }
            return String(fields[separator + 1])
        }
        return nil
    }

    private static let networkTypes: Set<String> = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "coda", "ceph", "lustre", "gpfs", "beegfs", "9p",
        "fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.gcsfuse", "fuse.rclone",
    ]
}
