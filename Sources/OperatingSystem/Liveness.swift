/// Whether something still works on an attempt. Only `.dead` is proof: what is unknown may come back, and publish.
package enum Liveness: Sendable {
    case alive, dead, unknown
}
