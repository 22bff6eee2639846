//! Erasures: asked for by one, carried out when another approves; and what of persons lies where. 个人信息抹除

use pinji_domain::Timestamp;
use pinji_domain::ids::{AccessId, CustomerId, GroupId, SubmissionId, UserId};

use crate::cell::{Cell, args, codes};
use crate::rows::rows;
use crate::submissions::SubmissionPart;
use crate::view::View;
use crate::{Change, Error, Upkeep};

codes! {
    /// Whose personal values an erasure is about. 抹除对象类别
    ErasureSort {
        /// The people of a customer. 客户的相关人员
        Customer = "customer",
        /// A natural person who stands in relations. 自然人
        Person = "person",
        /// A former user. 原用户
        User = "user",
        /// A file that was sent. 证据文件
        File = "file",
    }
}

codes! {
    /// Where an erasure stands. 抹除状态
    ErasureState {
        /// Waits for a second person. 待批
        Asked = "asked",
        /// Carried out. 已抹除
        Done = "done",
        /// The second person said no. 已拒绝
        Refused = "refused",
    }
}

rows! {
    /// An erasure of what is about persons. 个人信息抹除
    Erasure, NewErasure: NewInChange, "erasure", i64, {
        /// About whom or what.
        sort: ErasureSort,
        /// The customer whose people it is about.
        customer: Option<CustomerId>,
        /// The party that is the person.
        person: Option<i64>,
        /// The user.
        user_id: Option<UserId>,
        /// The file, by its hash.
        file: Option<String>,
        /// More texts to take out wherever they stand, as a JSON array; they go with the rest.
        mentions: String,
        /// Why.
        reason: String,
        /// Who asked for it.
        asked_by: UserId,
        /// When.
        asked_at: Timestamp,
    } then {
        /// Where it stands.
        state: ErasureState,
        /// Who decided; never who asked for it.
        decided_by: Option<UserId>,
        /// When.
        decided_at: Option<Timestamp>,
        /// What he says to it.
        words: Option<String>,
        /// What was erased, as a JSON object of counts.
        counts: Option<String>,
        /// When the last trace of it was overwritten in the database's files.
        scrubbed_at: Option<Timestamp>,
        /// Goes up by one with each step.
        version: i64,
    }
}

impl View {
    /// The erasure with this id. 读取抹除
    pub async fn erasure(&self, id: i64) -> Result<Option<Erasure>, Error> {
        self.by_id(id).await
    }

    /// Erasures after `after`, ascending by id: those of users, or all others. 抹除列表
    pub async fn erasures(&self, of_users: bool, after: i64, limit: u32) -> Result<Vec<Erasure>, Error> {
        let sort = if of_users { "=" } else { "<>" };
        let tail = format!("WHERE sort {sort} 'user' AND id > $1 ORDER BY id LIMIT $2");
        self.all(&tail, args![after, i64::from(limit)]).await
    }

    /// What was erased and not scrubbed out of the files yet. 待清理的抹除
    pub async fn erasures_to_scrub(&self) -> Result<Vec<Erasure>, Error> {
        self.all("WHERE state = 'done' AND scrubbed_at IS NULL ORDER BY id", Vec::new())
            .await
    }

    /// Whether something was erased after this instant. 此后是否有抹除
    pub async fn erased_since(&self, at: Timestamp) -> Result<bool, Error> {
        let sql = "SELECT count(*) FROM erasure WHERE state = 'done' AND decided_at > $1";
        Ok(self.number(sql, args![at]).await? > 0)
    }

    /// The parts of submissions in which this customer's number stands as a value: reads them all. 含某客户的报送分段
    pub async fn parts_naming(&self, code: &str) -> Result<Vec<(SubmissionId, SubmissionPart)>, Error> {
        let found = if self.is_postgres() { "strpos" } else { "instr" };
        let sql = format!(
            "SELECT part, kind, first_row, row_count, content, verdicts, outcome, submission FROM submission_part \
             WHERE {found}(content, $1) > 0 ORDER BY submission, part"
        );
        let needle = format!("\"{code}\"");
        let rows = self.rows(&sql, args![needle]).await?;
        rows.iter()
            .map(|row| Ok((Cell::get(row, 7)?, crate::submissions::part(row)?)))
            .collect()
    }

    /// The groups in which a customer was, or was proposed to be. 客户涉及的集团
    pub async fn groups_ever(&self, customer: CustomerId) -> Result<Vec<GroupId>, Error> {
        let sql = format!(
            "SELECT group_id FROM group_member WHERE customer = $1 UNION SELECT group_id FROM group_decision \
             WHERE customer = $1 UNION SELECT group_id FROM group_motion WHERE {} ORDER BY group_id",
            crate::words::moves(customer)
        );
        let rows = self.rows(&sql, args![customer]).await?;
        rows.iter().map(|row| Cell::get(row, 0)).collect()
    }

    /// The permissions to read a customer's confidential data, whatever became of them. 客户的查阅许可
    pub async fn accesses_about(&self, customer: CustomerId) -> Result<Vec<AccessId>, Error> {
        let sql = "SELECT id FROM access_permission WHERE customer = $1 ORDER BY id";
        let rows = self.rows(sql, args![customer]).await?;
        rows.iter().map(|row| Cell::get(row, 0)).collect()
    }

    /// The submissions that brought this file. 某文件的报送
    pub async fn submissions_with(&self, file: &str) -> Result<Vec<SubmissionId>, Error> {
        let rows = self
            .rows("SELECT id FROM submission WHERE file = $1 ORDER BY id", args![file])
            .await?;
        rows.iter().map(|row| Cell::get(row, 0)).collect()
    }

    /// Under which names a user is known to directories. 目录标识
    pub async fn subjects_of(&self, user: UserId) -> Result<Vec<String>, Error> {
        let sql = "SELECT subject FROM directory_user WHERE user_id = $1 ORDER BY issuer, subject";
        let rows = self.rows(sql, args![user]).await?;
        rows.iter().map(|row| Cell::get(row, 0)).collect()
    }

    /// From where, when and with what program a user signed in, the newest first; as far as it is still kept. 登录记录
    pub async fn sign_ins_of(&self, user: UserId) -> Result<Vec<(Timestamp, String, String)>, Error> {
        let sql = "SELECT created_at, address, agent FROM session WHERE user_id = $1 ORDER BY id DESC";
        let rows = self.rows(sql, args![user]).await?;
        rows.iter()
            .map(|row| Ok((Cell::get(row, 0)?, Cell::get(row, 1)?, Cell::get(row, 2)?)))
            .collect()
    }
}

impl Change {
    /// A second person has it done, or says no; the texts that were to be taken out go. 批准或拒绝抹除
    pub async fn decide_erasure(
        &self,
        erasure: &Erasure,
        state: ErasureState,
        by: UserId,
        words: &str,
        counts: Option<&str>,
    ) -> Result<i64, Error> {
        if erasure.state != ErasureState::Asked {
            return Err(Error::Moved {
                what: "erasure",
                id: erasure.id,
            });
        }
        let set = vec![
            ("state", state.put()),
            ("decided_by", by.put()),
            ("decided_at", self.at().put()),
            ("words", words.put()),
            ("counts", counts.map(str::to_owned).put()),
            ("mentions", "[]".put()),
        ];
        self.update("erasure", erasure.id, erasure.version, set).await
    }

    /// Takes away all that is kept about a user but his number and what he did: names, secrets, sign-ins, messages. What he
    /// made stays his, by the number. Gives how many rows went or were emptied. 抹除用户信息
    pub async fn forget_user(&self, user: UserId, login: &str, blank: &str) -> Result<u64, Error> {
        let mut done = 0;
        for sql in [
            "DELETE FROM credential WHERE user_id = $1",
            "DELETE FROM passkey WHERE user_id = $1",
            "DELETE FROM directory_user WHERE user_id = $1",
            "DELETE FROM setup_link WHERE user_id = $1",
            "DELETE FROM session WHERE user_id = $1",
            "DELETE FROM notification WHERE user_id = $1",
        ] {
            done += self.run(sql, args![user]).await?;
        }
        done += self
            .run("DELETE FROM login_attempt WHERE login = $1", args![login])
            .await?;
        let callers = "DELETE FROM answer WHERE caller = $1 OR caller IN (SELECT 'token:' || id FROM api_token \
                       WHERE user_id = $2)";
        done += self.run(callers, args![format!("user:{user}"), user]).await?;
        let tokens = "UPDATE api_token SET name = $1, revoked_at = COALESCE(revoked_at, $2) WHERE user_id = $3";
        done += self.run(tokens, args![blank, self.at(), user]).await?;
        let own = "UPDATE office_user SET login = $1, name = $2, email = NULL, version = version + 1 WHERE id = $3";
        done += self.run(own, args![format!("erased-{user}"), blank, user]).await?;
        Ok(done)
    }

    /// Gives a kept file another name, also where submissions name it. 更改文件名
    pub async fn rename_file(&self, sha256: &str, name: &str) -> Result<(), Error> {
        self.run("UPDATE evidence SET name = $1 WHERE sha256 = $2", args![name, sha256])
            .await?;
        let sql = "UPDATE submission SET file_name = $1 WHERE file = $2 AND file_name IS NOT NULL";
        self.run(sql, args![name, sha256]).await?;
        Ok(())
    }
}

impl Upkeep {
    /// Notes that nothing of an erasure is left in the database's files. 记录清理
    pub async fn note_scrubbed(&self, id: i64, at: Timestamp) -> Result<(), Error> {
        let sql = "UPDATE erasure SET scrubbed_at = $1 WHERE id = $2 AND scrubbed_at IS NULL";
        self.run(sql, args![at, id]).await?;
        Ok(())
    }
}
