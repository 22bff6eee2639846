//! The texts by which the office works, as they were loaded: record kinds, policies, tables; and its settings. 规则文件

use pinji_domain::Timestamp;
use pinji_domain::ids::UserId;

use crate::cell::args;
use crate::rows::rows;
use crate::view::View;
use crate::{Change, Error};

rows! {
    /// A file of rules as it was loaded. 规则文件
    RuleFile, NewRuleFile: NewInChange, "rule_file", i64, {
        /// `kind`, `policy`, `table`, …
        sort: String,
        /// Its name: the file's path within its set.
        name: String,
        /// The SHA-256 of its bytes, in hex.
        hash: String,
        /// The text.
        content: String,
        /// When it was loaded.
        loaded_at: Timestamp,
        /// By whom; `None` where it came with the program.
        loaded_by: Option<UserId>,
    } then {
        /// When another text took its place; `None` while it is in force.
        retired_at: Option<Timestamp>,
    }
}

impl View {
    /// The files of a sort that are in force, by name. 现行规则文件
    pub async fn rule_files(&self, sort: &str) -> Result<Vec<RuleFile>, Error> {
        self.all("WHERE sort = $1 AND retired_at IS NULL ORDER BY name", args![sort])
            .await
    }

    /// The numbers of all files that are in force, of every sort: while they are the same, so is what the office works by. 现行规则编号
    pub async fn rules_in_force(&self) -> Result<Vec<i64>, Error> {
        let rows = self
            .rows(
                "SELECT id FROM rule_file WHERE retired_at IS NULL ORDER BY id",
                Vec::new(),
            )
            .await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }

    /// The file with this hash, in force or not. 按哈希读取
    pub async fn rule_file(&self, hash: &str) -> Result<Option<RuleFile>, Error> {
        self.one("WHERE hash = $1 ORDER BY id LIMIT 1", args![hash]).await
    }

    /// A setting of the office. 读取设置
    pub async fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        let row = self
            .row("SELECT value FROM setting WHERE name = $1", args![name])
            .await?;
        row.map(|row| Ok(row.try_get_by_index(0)?)).transpose()
    }
}

impl Change {
    /// Puts a file into force, in the place of the one of the same sort and name. The same text again changes nothing. 启用规则文件
    pub async fn load_rule_file(&self, file: NewRuleFile) -> Result<i64, Error> {
        let values = args![file.sort.as_str(), file.name.as_str(), file.hash.as_str()];
        let same = "SELECT id FROM rule_file WHERE sort = $1 AND name = $2 AND hash = $3";
        let same = self.number(same, values).await?;
        let others = "UPDATE rule_file SET retired_at = $1 WHERE sort = $2 AND name = $3 AND retired_at IS NULL \
                      AND id <> $4";
        self.run(others, args![self.at(), file.sort.as_str(), file.name.as_str(), same])
            .await?;
        if same == 0 {
            return self.add(file).await;
        }
        self.run("UPDATE rule_file SET retired_at = NULL WHERE id = $1", args![same])
            .await?;
        Ok(same)
    }

    /// Sets a setting. 修改设置
    pub async fn set_setting(&self, name: &str, value: &str) -> Result<(), Error> {
        let sql = "INSERT INTO setting (name, value) VALUES ($1, $2) \
                   ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.run(sql, args![name, value]).await?;
        Ok(())
    }
}
