/// How to reach the server and how each new connection begins.
public struct Settings: Sendable {
    /// A libpq URI or `key=value` list; several hosts are tried in order (`target_session_attrs=read-write` finds the
    /// primary). The one found is stayed with for as long as it serves, also by copies of these settings.
    public var conninfo: String
    /// Run on each new connection before anybody uses it, as `SET ROLE relief_app`.
    public var startup: [SQL] = []
    /// For one host of the list; whole seconds, libpq makes it two at least. Wins over `connect_timeout` in `conninfo`.
    public var connectTimeout: Duration = .seconds(5)
    /// How long an answer may fail to come before the server is asked on a new connection whether it lives; after as long
    /// again without an answer to that, the connection is lost. nil: it is waited for, as long as TCP does. What takes long
    /// on a server that lives is never ended by this.
    public var patience: Duration?
    /// The server ends a statement after this time; nil for its own setting.
    public var statementTimeout: Duration?
    public var applicationName = "relief"
    /// How many prepared statements a connection keeps; 0 behind a pooler that can't keep them.
    public var statementCacheSize = 256
    let serving = ServingHost()

    public init(_ conninfo: String) {
        self.conninfo = conninfo
    }
}
