//! Results as readers see them: the report, the workbook and the printed policy. 视图

pub mod attention;
pub mod condition;
pub mod figures;
pub mod policy_page;
pub mod report;
pub mod workbook;
