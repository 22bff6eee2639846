//! The JSON Schema of policy files, for editors. 模式

/// The schema.
pub fn schema() -> serde_json::Value {
    pinji_policy::schema::json_schema()
}
