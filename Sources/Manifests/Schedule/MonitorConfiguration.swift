/// lorad.yaml's `monitor`: what the worker tells about itself over HTTP, on the loopback interface only.
package struct MonitorConfiguration: Section {
    /// The TCP port of `/healthz` and `/metrics`; nil: neither is served.
    package var port: Int?

    package init() {}

    static let fields: [Field<MonitorConfiguration>] = [
        .optional(
            "port", \.port, .integer(1...65_535, example: 9_464), absent: "not served",
            "The port of `/healthz` and `/metrics` (Prometheus), on 127.0.0.1 only.")
    ]
}
