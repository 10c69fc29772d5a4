import Common
import Foundation
import Manifests
import OperatingSystem
import Pipeline

/// What this machine has, and what will keep jobs from running well on it.
package struct Doctor {
    private let configuration: WorkerConfiguration
    private let file: String?
    private let environment: [String: String]

    /// - Parameters:
    ///   - file: lorad.yaml; nil where there is none.
    ///   - environment: where hooks' secrets are looked up.
    package init(
        _ configuration: WorkerConfiguration, file: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.configuration = configuration
        self.file = file
        self.environment = environment
    }

    /// Every finding, in the order in which they are shown. Nothing is changed, sent or made.
    package func findings() -> [Finding] {
        MachineCheck.findings() + LibraryCheck.findings()
            + [SystemCheck.timeZones(), SystemCheck.processes(), SystemCheck.confinement()]
            + FolderCheck(configuration).findings()
            + PermissionCheck(configuration: configuration, file: file).findings()
            + LedgerCheck(
                path: configuration.state + "/ledger.sqlite", hooks: configuration.hooks,
                exports: ExportCheck(entries: configuration.afterPromote)
            ).findings()
            + [
                SystemCheck.watch(
                    inbox: FileSystem.nearest(configuration.inbox), scanEvery: configuration.scanEvery),
                SystemCheck.clock(),
            ] + LimitsCheck(configuration: configuration).findings()
            + RetentionCheck(configuration: configuration).findings()
            + HookCheck(configuration: configuration, environment: environment).findings()
            + [SystemCheck.secrets()].compactMap { $0 } + ScheduleCheck(configuration: configuration).findings()
            + MonitorCheck(configuration: configuration).findings()
            + SigningCheck(configuration: configuration).findings()
            + ExportCheck(entries: configuration.afterPromote).findings()
    }
}
