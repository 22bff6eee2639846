//! A throw-away Python environment with the peers in it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::shell;

/// The environment.
pub struct Venv {
    python: PathBuf,
}

impl Venv {
    /// Makes the environment below `work`, or takes the one that is there and holds what the peers require.
    pub fn prepare(work: &Path, peers: &Path) -> Result<Venv> {
        let venv = Venv {
            python: work.join("venv/bin/python"),
        };
        let probe = "import duckdb, polars, datafusion, pandas, pyarrow, zen, numpy";
        if venv.python.is_file() && shell::output(&mut venv.python_code(probe))?.status.success() {
            return Ok(venv);
        }
        println!("making the peers' environment (some minutes)");
        let mut make = Command::new("python3");
        shell::run(make.args(["-m", "venv"]).arg(work.join("venv")))
            .context("python3 with its venv module is needed")?;
        let mut install = Command::new(&venv.python);
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
        shell::run(install.arg(peers.join("requirements.txt")))?;
        Ok(venv)
    }

    /// The interpreter.
    pub fn python(&self) -> &Path {
        &self.python
    }

    /// A command that runs a script.
    pub fn script(&self, script: &Path) -> Command {
        let mut command = Command::new(&self.python);
        command.env("PYTHONDONTWRITEBYTECODE", "1").arg(script);
        command
    }

    /// A command that runs a line of code.
    pub fn python_code(&self, code: &str) -> Command {
        let mut command = Command::new(&self.python);
        command.env("PYTHONDONTWRITEBYTECODE", "1").args(["-c", code]);
        command
    }

    /// The versions of the peers, as `name version`.
    pub fn versions(&self) -> Result<Vec<String>> {
        let code = "import importlib.metadata as m\nfor n in ('duckdb', 'polars', 'datafusion', 'pandas', 'numpy', 'pyarrow', \
                    'zen-engine'): print(n, m.version(n))\nimport platform; print('Python', platform.python_version())";
        Ok(shell::text(&mut self.python_code(code))?
            .lines()
            .map(str::to_owned)
            .collect())
    }
}
