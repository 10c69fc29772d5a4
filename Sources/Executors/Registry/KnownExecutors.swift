/// The executors that lorad has: the only list of them.
package enum KnownExecutors {
    package static let all: [ExecutorDescriptor] = [ProcessExecutor.descriptor, InProcessExecutor.descriptor]
}
