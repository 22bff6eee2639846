//! The JSON Schema of policy files, for editors. 模式

/// The schema as text.
pub fn schema() -> String {
    pinji_policy::schema::text()
}
