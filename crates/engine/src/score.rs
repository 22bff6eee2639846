//! Weights and what a line adds. 得分

/// What is worked out once per plan.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tables;
