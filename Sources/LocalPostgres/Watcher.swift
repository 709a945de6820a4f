import Glibc

/// The shell that makes, starts and stops the server in the owner's stead, and outlives the owner just long enough.
///
/// It says `ready PID` on standard output, then waits on its standard input, a pipe that only the owner holds. A line
/// or end-of-file there means: stop the server. End-of-file also comes when the owner is killed, so that no server is
/// ever left without one.
struct Watcher {
    let command: [String]
    let environment: [String]

    /// A clean environment: no PG… variable of the owner may reach the server.
    static let plainEnvironment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"]

    /// The watcher for a cluster in `directory`.
    ///
    /// - Parameters:
    ///   - sockets: the directory of the unix socket.
    ///   - configuration: text of the `server.conf` that the server reads after its own `postgresql.conf`.
    ///   - primary: where a new cluster is copied from, to follow it; nil: a new one of its own.
    ///   - asRoot: hands the server to the user `postgres` first, since PostgreSQL refuses to run as root.
    init(
        binaries: ServerBinaries, directory: String, sockets: String, isThrowaway: Bool, configuration: String,
        primary: String? = nil, asRoot: Bool = geteuid() == 0
    ) {
        // The scripts travel in the environment, so that a list of processes stays readable.
        command = [
            "/bin/sh", "-c", asRoot ? #"eval "$hand_over""# : #"eval "$serve""#, "relief-postgres",
            binaries.directory, directory, sockets, isThrowaway ? "throwaway" : "persistent",
        ]
        environment =
            Self.plainEnvironment + [
                "hand_over=\(Self.handOver)", "serve=\(Self.serve)", "configuration=\(configuration)",
                "primary=\(primary ?? "")",
            ]
    }

    /// What an exit status of the scripts below means.
    static func error(status: Int32, output: String, directory: String) -> LocalPostgresError {
        let told = output.isEmpty ? "" : "\n\(output)"
        switch status {
        case 20:
            return LocalPostgresError(
                .userMissing,
                "PostgreSQL refuses to run as root, and there is no user postgres to run it. Install the server from "
                    + "your distribution's package, add the user (useradd --system postgres), or start as a plain user."
            )
        case 21:
            return LocalPostgresError(
                .userMissing,
                "Started as root, and setpriv, which hands the server to the user postgres, is missing. "
                    + "Install util-linux, or start as a plain user.")
        case 22:
            return LocalPostgresError(
                .userMissing,
                "PostgreSQL refuses to run as user id \(geteuid()), which has no name. Give it one in /etc/passwd, or "
                    + "start as another user.")
        case 30:
            return LocalPostgresError(
                .directory,
                "The user that runs PostgreSQL can't enter \(directory). Each directory above it must be passable "
                    + "(chmod o+x), and \(directory) must belong to that user; or choose another directory.\(told)")
        case 31:
            return LocalPostgresError(
                .directory,
                "\(directory) is not empty and holds no cluster of ours. Name an empty or a new directory.")
        case 40: return LocalPostgresError(.creation, "The cluster in \(directory) couldn't be made.\(told)")
        case 41: return LocalPostgresError(.startup, "PostgreSQL in \(directory) didn't start.\(told)")
        default:
            return LocalPostgresError(.startup, "PostgreSQL in \(directory) failed, status \(status).\(told)")
        }
    }

    /// As root: gives new directories to `postgres` and becomes that user. A directory with content is never given away.
    private static let handOver = #"""
        uid=$(id -u postgres 2>/dev/null) || exit 20
        gid=$(id -g postgres)
        command -v setpriv >/dev/null || exit 21
        for new in "$2" "$3"; do
            [ -n "$(ls -A "$new" | grep -v '^owner\.lock$')" ] || chown "$uid:$gid" "$new"
        done
        exec setpriv --reuid="$uid" --regid="$gid" --init-groups /bin/sh -c 'eval "$serve"' relief-postgres "$@"
        """#

    /// As the server's user: makes the cluster if missing, starts it, stops it when told or when the owner is gone.
    private static let serve = #"""
        unset -v hand_over serve
        trap '' INT TERM HUP PIPE
        umask 077
        bin=$1 dir=$2 sockets=$3 kind=$4 conf=$configuration from=$primary
        unset -v configuration primary
        data=$dir/data
        id -un >/dev/null 2>&1 || exit 22
        cd "$dir" && [ -w . ] || exit 30

        # A stale postmaster.pid may name a stranger: only a process that works in our data directory is ours.
        ours() { [ "/proc/$1/cwd" -ef "$data" ] && [ "$(cat "/proc/$1/comm" 2>/dev/null)" = postgres ]; }
        left() { for p in /proc/[0-9]*; do if ours "${p#/proc/}"; then echo "${p#/proc/}"; fi; done; }
        postmaster() { head -n 1 "$data/postmaster.pid" 2>/dev/null; }
        stop() { "$bin/pg_ctl" stop -s -w -t 300 -m "$1" -D "$data" >/dev/null 2>&1; }

        make() {
            locale=C
            [ "$(LC_ALL=C.UTF-8 locale charmap 2>/dev/null)" = UTF-8 ] && locale=C.UTF-8
            "$bin/initdb" -D new -U postgres --encoding=UTF8 --locale="$locale" --data-checksums \
                --auth-local=trust --auth-host=reject $sync || return
            echo "include '../server.conf'" >>new/postgresql.conf
            printf '%s' "$conf" >server.conf
            printf '%s\n' 'CREATE ROLE relief LOGIN CREATEDB CREATEROLE' 'CREATE DATABASE relief OWNER relief' \
                'GRANT SET ON PARAMETER "relief.scope" TO relief' |
                "$bin/postgres" --single -D new -c exit_on_error=on postgres
        }
        # With its settings goes the line that includes ours; -R says whom it follows. Beside the server's own programs: in the
        # PATH there may be links to those alone.
        copy() {
            "$(dirname "$(readlink -f "$bin/postgres")")/pg_basebackup" -D new -d "$from" -R --checkpoint=fast $sync
        }

        if [ ! -d data ]; then
            for name in *; do
                case $name in '*' | owner.lock | new | server.log) ;; *) exit 31 ;; esac
            done
            rm -rf new
            sync=; [ "$kind" = throwaway ] && sync=--no-sync
            how=make; [ -n "$from" ] && how=copy
            $how >new.log 2>&1 || { cat new.log; rm -rf new new.log; exit 40; }
            rm -f new.log
            mv new data
        fi

        # The server of an owner that was killed, or what a killed server left.
        if [ -f data/postmaster.pid ] && [ -e /proc/self/cwd ]; then
            ours "$(postmaster)" && stop fast
            for p in $(left); do kill -9 "$p"; done
            while [ -n "$(left)" ]; do sleep 0.05; done
            rm -f data/postmaster.pid
        fi

        printf '%s' "$conf" >server.conf
        : >server.log
        "$bin/pg_ctl" start -s -w -t 3600 -D data -l server.log || {
            tail -n 20 server.log $(ls -t log/* 2>/dev/null | head -n 1)
            exit 41
        }
        exec 3>&-
        started=$(postmaster)
        echo "ready $started"

        read -r word
        cd /
        # Only the server started here: by now a new owner may run its own.
        if [ "$(postmaster)" = "$started" ]; then
            if [ "$kind" = throwaway ]; then stop immediate; else stop fast || stop immediate; fi
        elif [ ! -e "$data" ] && [ "$(cat "/proc/$started/comm" 2>/dev/null)" = postgres ]; then
            kill -QUIT "$started"
        fi
        [ "$word" = keep ] && exit
        [ "$sockets" = "$dir" ] || rm -rf "$sockets"
        [ "$kind" = persistent ] || rm -rf "$dir"
        """#
}
