import Foundation

/// Changes the last byte of a file in place and sets its access and modification time back to what they were: what nobody
/// sees who goes by size, inode and modification time.
///
/// - Throws: `POSIXError` where the file system does not do it, or not exactly.
package func changeInPlace(_ path: String) throws {
    func check(_ holds: Bool) throws { if !holds { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) } }
    var before = stat()
    try check(stat(path, &before) == 0)
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    try check(descriptor >= 0)
    defer { close(descriptor) }
    var byte: UInt8 = 0
    try check(pread(descriptor, &byte, 1, before.st_size - 1) == 1)
    byte ^= 1
    try check(pwrite(descriptor, &byte, 1, before.st_size - 1) == 1)
    try check(utimensat(AT_FDCWD, path, [before.st_atim, before.st_mtim], 0) == 0)
    var after = stat()
    try check(stat(path, &after) == 0)
    let isSameTime =
        before.st_mtim.tv_sec == after.st_mtim.tv_sec && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec
    try check(isSameTime && before.st_size == after.st_size && before.st_ino == after.st_ino)
}
