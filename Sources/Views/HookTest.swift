/// What came of a test message, `lorad webhooks test --json`.
package struct HookTest: Sendable, Encodable {
    package let id: String
    package let hook: String
    package let delivered: Bool
    /// In words that hold no URL.
    package let result: String

    package init(id: String, hook: String, delivered: Bool, result: String) {
        self.id = id
        self.hook = hook
        self.delivered = delivered
        self.result = result
    }
}
