//! After an erasure: nothing of it stays in the database's files, nor in the folder of files that were taken in. 清理

use std::path::PathBuf;

use pinji_store::Scrubbed;

use crate::register::{Fault, Office, rules};

/// Overwrites what was erased, and notes that it is done. Where somebody reads for long it is left for the next minute.
pub(super) async fn scrub(office: &Office, id: i64, words: Option<&[String]>) -> Result<(), Fault> {
    taken_in(office).await?;
    if office.store.scrub(words).await? == Scrubbed::Later {
        return Ok(());
    }
    let upkeep = office.store.upkeep().await?;
    upkeep.note_scrubbed(id, office.now()).await?;
    upkeep.commit().await?;
    Ok(())
}

/// Overwrites what earlier erasures left to be overwritten: the program may have been ended in between. 补做清理
pub(crate) async fn scrub_rest(office: &Office) -> Result<(), Fault> {
    for erasure in office.store.erasures_to_scrub().await? {
        scrub(office, erasure.id, None).await?;
    }
    Ok(())
}

/// Removes files that came in through the inbox and whose bytes were erased. What was refused never came in, and is its sender's.
async fn taken_in(office: &Office) -> Result<(), Fault> {
    let folder = office.folder().join("done");
    let listed = tokio::task::spawn_blocking(move || -> std::io::Result<Vec<(PathBuf, String)>> {
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_file() {
                let hash = rules::hash(&std::fs::read(&path)?);
                files.push((path, hash));
            }
        }
        Ok(files)
    });
    for (path, hash) in listed.await.map_err(Fault::broken)?.map_err(Fault::broken)? {
        let file = office.store.file(&hash).await?;
        if file.is_some_and(|file| file.erased_at.is_some()) {
            std::fs::remove_file(&path).map_err(Fault::broken)?;
        }
    }
    Ok(())
}
