extension Settings {
    /// The options given to libpq; later ones win, and `dbname` unfolds to all that the conninfo says.
    var connectParameters: Options {
        [
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "20000"), ("fallback_application_name", applicationName),
            ("dbname", conninfo),
            ("connect_timeout", String(max(2, connectTimeout.components.seconds))), ("client_encoding", "UTF8"),
        ]
    }

    /// What the decoders of this module rely on, whatever the server's configuration says.
    var sessionDefaults: String {
        var script = """
            SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'iso_8601'; \
            SET bytea_output = 'hex'; SET extra_float_digits = 1; SET standard_conforming_strings = on
            """
        if let statementTimeout { script += "; SET statement_timeout = \(statementTimeout.milliseconds)" }
        return script
    }
}

extension Duration {
    /// As the server's settings want it.
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}

/// Gives a C function an array of C strings that ends with NULL.
func withCStrings<R>(_ strings: [String], _ body: ([UnsafePointer<CChar>?]) -> R) -> R {
    let bytes = strings.map { Array($0.utf8CString) }
    let joined = Array(bytes.joined())
    return joined.withUnsafeBufferPointer { buffer in
        var pointers: [UnsafePointer<CChar>?] = []
        var offset = 0
        for string in bytes {
            pointers.append(buffer.baseAddress.map { $0 + offset })
            offset += string.count
        }
        return body(pointers + [nil])
    }
}
