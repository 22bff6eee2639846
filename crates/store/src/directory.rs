//! Who signs in by the company's directory, and which roles came with its groups. 目录登录

use pinji_domain::ids::{GrantId, UserId};

use crate::cell::{Cell, args};
use crate::view::View;
use crate::{Change, Error};

/// A role that came with a group of the directory, and that the directory still gives. 目录授权
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryGrant {
    /// The grant; it may have been refused or ended here in the meantime.
    pub grant: GrantId,
    /// The directory.
    pub issuer: String,
    /// The group.
    pub group: String,
}

impl View {
    /// The user who is this subject of the directory. 按目录标识读取用户
    pub async fn user_of_subject(&self, issuer: &str, subject: &str) -> Result<Option<UserId>, Error> {
        let sql = "SELECT user_id FROM directory_user WHERE issuer = $1 AND subject = $2";
        let rows = self.rows(sql, args![issuer, subject]).await?;
        rows.first().map(|row| Cell::get(row, 0)).transpose()
    }

    /// Whether a user signs in by this directory, as whichever subject. 是否目录用户
    pub async fn is_in_directory(&self, user: UserId, issuer: &str) -> Result<bool, Error> {
        let sql = "SELECT count(*) FROM directory_user WHERE user_id = $1 AND issuer = $2";
        Ok(self.number(sql, args![user, issuer]).await? > 0)
    }

    /// The grants of a user that came with groups which the directory did not take away since, ascending by id. 用户的目录授权
    pub async fn directory_grants_of(&self, user: UserId) -> Result<Vec<DirectoryGrant>, Error> {
        let sql = "SELECT d.grant_id, d.issuer, d.directory_group FROM directory_grant d \
                   JOIN role_grant g ON g.id = d.grant_id \
                   WHERE g.user_id = $1 AND d.withdrawn_at IS NULL ORDER BY d.grant_id";
        let rows = self.rows(sql, args![user]).await?;
        rows.iter()
            .map(|row| {
                Ok(DirectoryGrant {
                    grant: Cell::get(row, 0)?,
                    issuer: Cell::get(row, 1)?,
                    group: Cell::get(row, 2)?,
                })
            })
            .collect()
    }
}

impl Change {
    /// Binds a user to a subject of the directory, for good. 绑定目录用户
    pub async fn bind_subject(&self, issuer: &str, subject: &str, user: UserId) -> Result<(), Error> {
        let sql = "INSERT INTO directory_user (issuer, subject, user_id, since) VALUES ($1, $2, $3, $4)";
        self.run(sql, args![issuer, subject, user, self.at()]).await?;
        Ok(())
    }

    /// Says with which group of the directory a grant came. 记录目录授权
    pub async fn note_directory_grant(&self, grant: &DirectoryGrant) -> Result<(), Error> {
        let sql = "INSERT INTO directory_grant (grant_id, issuer, directory_group) VALUES ($1, $2, $3)";
        let values = args![grant.grant, grant.issuer.as_str(), grant.group.as_str()];
        self.run(sql, values).await?;
        Ok(())
    }

    /// Notes that the directory does not give this any more. 目录已收回
    pub async fn withdraw_directory_grant(&self, grant: GrantId) -> Result<(), Error> {
        let sql = "UPDATE directory_grant SET withdrawn_at = $1 WHERE grant_id = $2 AND withdrawn_at IS NULL";
        self.run(sql, args![self.at(), grant]).await?;
        Ok(())
    }
}
