import Manifests
import OperatingSystem
import Testing
import Webhooks
import Worker

@Suite("Settings")
struct SettingsTests {
    @Test("lorad.yaml's hooks, folders and times are the worker's")
    func fromConfiguration() throws {
        let text = """
            inbox: in
            state: st
            scan_every: 7
            quiet_time: 3
            hooks:
              - {name: chat, kind: slack, url_env: CHAT_URL, events: [failed]}
              - {name: log, kind: generic, url_file: /etc/url, secret_env: KEY, allow_http: true, allow_private: true}
            """
        let configuration = try WorkerConfiguration.load(bytes: Array(text.utf8), file: "lorad.yaml")
        let settings = WorkerSettings(configuration)
        #expect((settings.inbox, settings.outbox, settings.state) == ("in", "outbox", "st"))
        #expect((settings.scanEvery, settings.quietTime) == (7, 3))
        #expect(
            settings.hooks == [
                Hook(name: "chat", kind: .slack, url: .environment("CHAT_URL"), events: [.failed]),
                Hook(
                    name: "log", kind: .generic, url: .file("/etc/url"), secret: .environment("KEY"),
                    events: Set(HookEvent.standard), allowHTTP: true, allowPrivate: true),
            ])
    }

    @Test("A mount table gives a device's file-system type, optional fields or not")
    func mountTable() {
        let text = """
            36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw
            40 35 0:44 / /srv rw shared:7 master:2 - nfs4 host:/export rw
            41 35 0:45 / /x rw - tmpfs none rw
            damaged line
            """
        #expect(MountTable.type(ofDevice: "0:44", mountInfo: text) == "nfs4")
        #expect(MountTable.type(ofDevice: "98:0", mountInfo: text) == "ext3")
        #expect(MountTable.type(ofDevice: "0:45", mountInfo: text) == "tmpfs")
        #expect(MountTable.type(ofDevice: "1:1", mountInfo: text) == nil)
        #expect(MountTable.networkFileSystem(of: "/tmp") == nil)
    }
}
