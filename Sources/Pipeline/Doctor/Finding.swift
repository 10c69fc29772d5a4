/// One line of `lorad doctor`.
package struct Finding: Encodable, Sendable, Equatable {
    /// What it means for the work to be done here.
    package enum Status: String, Encodable, Sendable {
        case ok
        /// Works, and not as well as it could.
        case warning
        /// Jobs or messages will fail.
        case problem
    }

    package let name: String
    package let status: Status
    package let value: String
    /// How to fix it, where it is not ok.
    package let advice: String?

    /// A finding; without a status, one that is fine.
    package init(_ name: String, _ value: String, _ status: Status = .ok, advice: String? = nil) {
        self.name = name
        self.status = status
        self.value = value
        self.advice = advice
    }
}
