import Glibc
import Testing
import Webhooks

@Suite("Address policy")
struct AddressPolicyTests {
    @Test(
        "Private, loopback, link-local, reserved and embedded addresses are refused",
        arguments: [
            "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.9",
            "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.168.1.1", "198.19.0.1", "224.0.0.1",
            "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1",
            "2002:7f00:1::", "2002:a00:1::", "fc00::1", "fdff::1", "fe80::1", "fec0::1", "ff02::1", "2001:db8::1",
            "2001::1",
        ])
    func refused(address: String) throws {
        #expect(!AddressPolicy.isPublic(try bytes(address)))
    }

    @Test(
        "Addresses beside those ranges are let through",
        arguments: [
            "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1",
            "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255",
            "198.20.0.0", "223.255.255.255", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::",
        ])
    func permitted(address: String) throws {
        #expect(AddressPolicy.isPublic(try bytes(address)))
    }

    @Test("Bytes that are no IP address are refused", arguments: [0, 3, 5, 15, 17])
    func malformed(count: Int) {
        #expect(!AddressPolicy.isPublic([UInt8](repeating: 1, count: count)))
    }

    private func bytes(_ text: String) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: text.contains(":") ? 16 : 4)
        try #require(inet_pton(text.contains(":") ? AF_INET6 : AF_INET, text, &bytes) == 1)
        return bytes
    }
}
