//! A PostgreSQL server of the test's own: made by initdb in a temporary folder, on a free port, gone with the test. 私有数据库
//!
//! A shell starts the server and reads from a pipe that this process holds. When the process ends, by whatever way, the
//! pipe is closed, and the shell stops the server and removes its folder.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Whether the server waits for the disk. 持久性
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// It does not: quick, for tests that cut no power and kill no server.
    Fast,
    /// It does, as in the office.
    Full,
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum Absent {
    /// The programs are nowhere to be found.
    #[error("PostgreSQL is not installed (initdb was sought in PATH and /usr/lib/postgresql/*/bin)")]
    NotInstalled,
    /// It does not start.
    #[error("PostgreSQL does not start: {0}")]
    DoesNotStart(String),
}

/// A running server. 私有数据库
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    port: u16,
    /// Its standard input is the pipe; taken away when the server is to stop.
    shell: Child,
    databases: AtomicU32,
}

/// The name of the only user.
const USER: &str = "pinji";

const SCRIPT: &str = r#"
trap '' INT HUP TERM
folder=$1 programs=$2 port=$3 fsync=$4
new() {
    rm -rf "$folder/data"
    "$programs/initdb" -D "$folder/data" -U pinji -A trust -E UTF8 --no-sync "$@" >"$folder/log" 2>&1
}
# A server that sorts by the dictionary, so that whoever relies on the order of bytes must say so.
new --locale=C --locale-provider=icu --icu-locale=zh || new --locale=C || { cat "$folder/log"; exit 1; }
"$programs/postgres" -D "$folder/data" -p "$port" -k "$folder" -c listen_addresses=127.0.0.1 -c max_connections=200 \
    -c fsync=$fsync -c full_page_writes=$fsync -c shared_buffers=64MB -c log_min_messages=fatal \
    </dev/null >"$folder/log" 2>&1 &
server=$!
for try in $(seq 300); do
    if "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"; then
        echo ready
        break
    fi
    kill -0 $server 2>/dev/null || { cat "$folder/log"; exit 1; }
    sleep 0.1
done
cat >/dev/null
kill -QUIT $server
wait $server
rm -rf "$folder"
"#;

impl Postgres {
    /// Starts a server. 启动
    pub fn start(durability: Durability) -> Result<Postgres, Absent> {
        let programs = programs().ok_or(Absent::NotInstalled)?;
        let port = free_port().map_err(|why| Absent::DoesNotStart(why.to_string()))?;
        let folder = folder().map_err(|why| Absent::DoesNotStart(why.to_string()))?;
        let fsync = match durability {
            Durability::Fast => "off",
            Durability::Full => "on",
        };
        let mut shell = as_somebody("sh")
            .args(["-c", SCRIPT, "postgres"])
            .arg(&folder)
            .arg(&programs)
            .args([&port.to_string(), fsync])
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|why| Absent::DoesNotStart(why.to_string()))?;
        let mut said = String::new();
        if let Some(out) = shell.stdout.take() {
            let mut first = [0; 6];
            let mut out = out;
            if out.read_exact(&mut first).is_ok() && &first == b"ready\n" {
                return Ok(Postgres {
                    programs,
                    port,
                    shell,
                    databases: AtomicU32::new(0),
                });
            }
            said.push_str(&String::from_utf8_lossy(&first));
            let _ = out.read_to_string(&mut said);
        }
        Err(Absent::DoesNotStart(said))
    }

    /// The server that all tests of this process share, started at first use; it does not wait for the disk. 共享数据库
    pub fn shared() -> Result<&'static Postgres, &'static Absent> {
        static SHARED: OnceLock<Result<Postgres, Absent>> = OnceLock::new();
        SHARED.get_or_init(|| Postgres::start(Durability::Fast)).as_ref()
    }

    /// Makes an empty database and gives its address. 新建数据库
    pub fn database(&self) -> Result<String, Absent> {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::SeqCst));
        let port = self.port.to_string();
        let done = Command::new(self.programs.join("createdb"))
            .args(["-h", "127.0.0.1", "-p", &port, "-U", USER, &name])
            .output()
            .map_err(|why| Absent::DoesNotStart(why.to_string()))?;
        if !done.status.success() {
            return Err(Absent::DoesNotStart(String::from_utf8_lossy(&done.stderr).into_owned()));
        }
        Ok(format!("postgres://{USER}@127.0.0.1:{port}/{name}"))
    }

    /// The port on which it listens.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(mut pipe) = self.shell.stdin.take() {
            let _ = pipe.flush();
        }
        let _ = self.shell.wait();
    }
}

/// Where initdb and the others lie.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    // The newest first, by number: 9 comes after 15.
    folders.sort_by_key(|folder| {
        let version = folder.parent().and_then(Path::file_name);
        let version = version.and_then(|version| version.to_str()?.parse::<u32>().ok());
        std::cmp::Reverse(version)
    });
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&path));
    folders.into_iter().find(|folder| {
        ["initdb", "postgres", "createdb", "pg_isready"]
            .iter()
            .all(|name| folder.join(name).is_file())
    })
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// A folder that belongs to who runs the server.
fn folder() -> std::io::Result<PathBuf> {
    let folder = tempfile::Builder::new().prefix("pinji-postgres-").tempdir()?.keep();
    if let Some(user) = other_user() {
        Command::new("chown").arg(user).arg(&folder).status()?;
    }
    Ok(folder)
}

/// A program, run by somebody who is not root: the server refuses to be.
fn as_somebody(program: &str) -> Command {
    match other_user() {
        None => Command::new(program),
        Some(user) => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", user, "--regid", user_group(user), "--clear-groups", program]);
            command
        }
    }
}

fn user_group(user: &str) -> &str {
    if user == "nobody" { "nogroup" } else { user }
}

/// Who is to run the server where we are root; `None` where we are not.
fn other_user() -> Option<&'static str> {
    static USER: OnceLock<Option<&'static str>> = OnceLock::new();
    *USER.get_or_init(|| {
        let id = |args: &[&str]| Command::new("id").args(args).output().ok();
        let me = id(&["-u"])?;
        if me.stdout.trim_ascii() != b"0" {
            return None;
        }
        let there = id(&["-u", "postgres"]).is_some_and(|found| found.status.success());
        Some(if there { "postgres" } else { "nobody" })
    })
}
