/// Which IP addresses a webhook may reach. Judged on the bytes that are about to be connected to, never on a name or
/// its spelling: a name may resolve differently each time, and an address has many spellings.
///
/// Ranges: https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry.
package enum AddressPolicy {
    /// True for an address of the public internet; `bytes` in network order, 4 for IPv4 and 16 for IPv6.
    package static func isPublic(_ bytes: [UInt8]) -> Bool {
        switch bytes.count {
        case 4: !reservedV4.contains { $0.contains(bytes) }
        case 16: isPublicV6(bytes)
        default: false
        }
    }

    private static func isPublicV6(_ bytes: [UInt8]) -> Bool {
        // An IPv4 address in IPv6 clothes is judged as the IPv4 address it reaches.
        if mapped.contains(bytes) || nat64.contains(bytes) { return isPublic(Array(bytes[12...])) }
        if sixToFour.contains(bytes) { return isPublic(Array(bytes[2..<6])) }
        return globalUnicast.contains(bytes) && !reservedV6.contains { $0.contains(bytes) }
    }

    private struct Range {
        let prefix: [UInt8]
        let bits: Int

        init(_ prefix: [UInt8], _ bits: Int) {
            self.prefix = prefix
            self.bits = bits
        }

        func contains(_ address: [UInt8]) -> Bool {
            for (index, byte) in prefix.enumerated() {
                let significant = min(8, bits - index * 8)
                guard significant > 0 else { break }
                let mask = UInt8(truncatingIfNeeded: 0xFF << (8 - significant))
                if (address[index] ^ byte) & mask != 0 { return false }
            }
            return true
        }
    }

    private static let reservedV4 = [
        Range([0], 8),  // this network
        Range([10], 8),  // private
        Range([100, 64], 10),  // carrier-grade NAT
        Range([127], 8),  // loopback
        Range([169, 254], 16),  // link-local, cloud metadata
        Range([172, 16], 12),  // private
        Range([192, 0, 0], 24),  // IETF protocols
        Range([192, 0, 2], 24),  // documentation
        Range([192, 88, 99], 24),  // 6to4 relays
        Range([192, 168], 16),  // private
        Range([198, 18], 15),  // benchmarks
        Range([198, 51, 100], 24),  // documentation
        Range([203, 0, 113], 24),  // documentation
        Range([224], 3),  // multicast, reserved, broadcast
    ]

    private static let globalUnicast = Range([0x20], 3)
    private static let mapped = Range([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96)
    private static let nat64 = Range([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0], 96)
    private static let sixToFour = Range([0x20, 0x02], 16)
    private static let reservedV6 = [
        Range([0x20, 0x01, 0x00], 23),  // IETF protocols, Teredo among them
        Range([0x20, 0x01, 0x0D, 0xB8], 32),  // documentation
        Range([0x3F, 0xFF, 0x00], 20),  // documentation
    ]
}
