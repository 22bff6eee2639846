//! JSON Schema of the policy file, for editors that complete and check as one types. 标准文件模式
//!
//! It says which keys there are, what they hold and what they mean. What keys say together (bands without gaps, names that
//! exist) is for `check`.

use serde_json::{Map, Value, json};

/// The schema, JSON Schema draft 2020-12. 模式
pub fn json_schema() -> Value {
    let top = object(
        "A grading policy: the regulation as one file. 分级标准",
        &["policy", "version", "subject", "name", "effective"],
        vec![
            ("policy", id("The policy's id. 标准编号")),
            ("version", text("Version of the policy. 版本")),
            ("subject", word("Whom it rates. 评级对象", &["customer", "group"])),
            ("name", both("Name of the policy. 名称")),
            ("purpose", both("What it is for, in a paragraph. 目的")),
            (
                "effective",
                date("From which day it holds; decides dated parameters. 生效日期"),
            ),
            (
                "currency",
                currency("Money is converted into this currency; CNY unless said. 货币"),
            ),
            (
                "weights_of",
                above("What weights are meant to add up to; 100 unless said. 权重合计"),
            ),
            (
                "min_coverage",
                share("Share of each score's weight that must have data. 最低覆盖率"),
            ),
            (
                "files",
                list(
                    "Other files of the policy: standard tables, rates, record kinds. 附属文件",
                    text("A file beside this one."),
                ),
            ),
            (
                "uses",
                named(
                    "Other policies whose grades this one uses, by alias. 所用评级",
                    text("The policy's id, or a path to its file."),
                ),
            ),
            (
                "parameter",
                named("Values that change on dates. 参数", reference("parameter")),
            ),
            (
                "measure",
                named("Numbers or texts taken from records. 度量", reference("measure")),
            ),
            (
                "dimension",
                list("Weighted families of indicators. 维度", reference("dimension")),
            ),
            ("indicator", list("What is scored. 指标", reference("indicator"))),
            (
                "derivation",
                list("Where weights came from. 权重来源", reference("derivation")),
            ),
            (
                "score",
                named("Scores as weighted sums of dimensions. 得分", reference("score")),
            ),
            (
                "grade",
                list(
                    "Grades, best first; the first whose condition holds is given. 等级",
                    reference("grade"),
                ),
            ),
            (
                "cap",
                list(
                    "Rules that bound the grade from above; a veto is one. 封顶",
                    bound("at_most", "The best grade that is left. 最高等级"),
                ),
            ),
            (
                "floor",
                list(
                    "Rules that bound the grade from below. 保底",
                    bound("at_least", "The worst grade that is given. 最低等级"),
                ),
            ),
            (
                "guarantee",
                list("Statements that are proved from the file. 保证", reference("guarantee")),
            ),
            ("group", reference("group")),
            ("review", reference("review")),
            ("example", list("The policy's own tests. 示例", reference("example"))),
            (
                "table",
                named(
                    "Standard tables: edges by industry, size or the like. 标准值表",
                    reference("table"),
                ),
            ),
            ("rate", list("Dated exchange rates. 汇率", reference("rate"))),
            (
                "kind",
                named(
                    "Record kinds, new ones or fields added to known ones. 记录种类",
                    reference("kind"),
                ),
            ),
        ],
    );
    let mut schema = Map::new();
    schema.insert(
        "$schema".to_owned(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    schema.insert("title".to_owned(), json!("Pinji policy 品级分级标准"));
    if let Value::Object(top) = top {
        schema.extend(top);
    }
    schema.insert("$defs".to_owned(), definitions());
    Value::Object(schema)
}

fn definitions() -> Value {
    let mut all = Map::new();
    let parts = [sources(), weighing(), rules(), office(), files()];
    for (name, definition) in parts.into_iter().flatten() {
        all.insert(name.to_owned(), definition);
    }
    all.insert(
        "text".to_owned(),
        object(
            "A text in both languages. 双语文本",
            &["zh", "en"],
            vec![("zh", text("Chinese. 中文")), ("en", text("English. 英文"))],
        ),
    );
    Value::Object(all)
}

type Definitions = Vec<(&'static str, Value)>;

fn sources() -> Definitions {
    let dated = object(
        "A value, and from when.",
        &["value"],
        vec![
            ("value", number("The value.")),
            ("from", date("From this day on; left out: from the beginning.")),
        ],
    );
    let measure = object(
        "A measure: `given`, or taken from records (`from`). 度量",
        &[],
        vec![
            ("name", both("Name; otherwise the field's label. 名称")),
            (
                "given",
                word(
                    "A column of the customer's own row, of this type. 随客户给出",
                    &["number", "integer", "money", "text", "date", "flag"],
                ),
            ),
            ("from", text("The record kind it is taken from. 记录种类")),
            (
                "take",
                word(
                    "The newest record; without it, `value` aggregates. 取最新一条",
                    &["latest"],
                ),
            ),
            (
                "value",
                text(
                    "A field or formula over the record; with aggregates such as `sum(amount)` unless `take` is given. 取值公式",
                ),
            ),
            ("where", text("Only records for which this holds. 条件")),
            (
                "fresh",
                text("With `take`: older than this is missing, for instance `18 months`; `any` for no limit. 有效期"),
            ),
            (
                "over",
                text("The window up to the as-of date, for instance `12 months`; `all` for everything known. 期间"),
            ),
            ("unit", unit()),
            (
                "decimals",
                decimals("Decimals of a sum over a formula, and of a member's figure that is not exact. 小数位数"),
            ),
            (
                "members",
                json!({
                    "description": "In a policy for groups: how the members' figures become the group's. 成员合并",
                    "oneOf": [
                        word("The sum, the greatest or the least of them.", &["sum", "max", "min"]),
                        object(
                            "Their mean, weighted.",
                            &["weighted_by"],
                            vec![(
                                "weighted_by",
                                text("A measure with `members`: its figure of each member is the member's weight. 权重"),
                            )],
                        ),
                    ],
                }),
            ),
            (
                "accounts",
                word(
                    "With `members`: whether a member's consolidated statement stands for itself and all members below it. 报表口径",
                    &["own", "consolidated_first"],
                ),
            ),
            (
                "complete",
                flag("With `members`: whether one member without a figure leaves the group without one. 须齐全"),
            ),
        ],
    );
    let parameter = object(
        "A value that changes on dates; usable by its id in conditions, formulas and band ends. 参数",
        &["values"],
        vec![
            ("name", both("Name. 名称")),
            ("values", list("Its values, in the order of their dates.", dated)),
        ],
    );
    vec![("parameter", parameter), ("measure", measure)]
}

fn weighing() -> Definitions {
    let band = object(
        "One band, from where the band before it ends. 分档",
        &["points"],
        vec![
            ("below", end("The upper end, which does not belong to the band (不含).")),
            ("up_to", end("The upper end, which belongs to the band (含).")),
            ("from", end("Where it begins; it must be where the band before ends.")),
            (
                "points",
                json!({ "description": "Points; with `interpolate` a pair at both ends. 分值", "oneOf": [points("Points."), pair()] }),
            ),
            ("name", both("What the band is called.")),
        ],
    );
    let level = object(
        "A level of a judged indicator. 档次",
        &["id", "points", "means"],
        vec![
            ("id", id("Its id.")),
            ("name", both("Its name. 名称")),
            ("points", points("Its points. 分值")),
            ("means", both("What it means, so that experts judge alike. 说明")),
        ],
    );
    let reconcile = object(
        "How several opinions become one. 意见汇总",
        &[],
        vec![
            (
                "by",
                word("By what; mean unless said.", &["mean", "median", "consensus"]),
            ),
            ("min", whole("The fewest experts; 1 unless said. 最少人数")),
            (
                "spread",
                points("The greatest spread in points; further apart is missing. 最大分差"),
            ),
        ],
    );
    let from_table = object(
        "Bands from a standard table. 取自标准值表",
        &["table", "key", "otherwise"],
        vec![
            ("table", text("The table's id.")),
            (
                "key",
                list(
                    "The measures that choose the row, in the order of the table's key.",
                    text("A measure's id."),
                ),
            ),
            ("otherwise", text("The key text of the row for all others.")),
        ],
    );
    let missing = json!({
        "description": "What a missing value does. 缺失处理",
        "oneOf": [
            word("Not graded, the lowest points, or the weight goes to others.", &["refuse", "worst", "reweight"]),
            object("These points.", &["points"], vec![("points", points("Points. 分值"))]),
        ],
    });
    let mut indicator = object(
        "An indicator, scored by exactly one of `bands`, `bands_from`, `map` and `judged`. 指标",
        &["id", "dimension", "name", "missing"],
        vec![
            ("id", id("Its id.")),
            ("dimension", text("The dimension it belongs to. 维度")),
            (
                "weight",
                above("Its weight within the dimension; left out where a derivation gives it. 权重"),
            ),
            ("name", both("Its name. 名称")),
            ("means", both("What it means, in a sentence or two. 说明")),
            ("clause", text("Where the written regulation says so. 条款")),
            ("formula", text("A formula over measures. 公式")),
            ("unit", unit()),
            (
                "decimals",
                decimals("Decimals of its value: what is shown is what is scored. 小数位数"),
            ),
            (
                "better",
                word(
                    "Which way is better; checked against the bands. 方向",
                    &["higher", "lower", "neither"],
                ),
            ),
            (
                "bands",
                list(
                    "Points by value, lowest values first; the last band has no end. 分档",
                    reference("band"),
                ),
            ),
            (
                "interpolate",
                flag("Whether points run straight from end to end inside a closed band (功效系数法)."),
            ),
            ("bands_from", reference("bands_from")),
            ("map", points_by_name("Points by text. 文字对照")),
            (
                "otherwise",
                points("Points of a text that is not listed; left out: it is missing."),
            ),
            ("judged", text("Who judges, for instance `expert`. 评判人")),
            ("levels", list("The levels, best first. 档次", reference("level"))),
            ("reconcile", reference("reconcile")),
            ("fresh", text("Older opinions do not count. 有效期")),
            ("missing", missing),
        ],
    );
    if let Value::Object(fields) = &mut indicator {
        let ways = ["bands", "bands_from", "map", "judged"].map(|way| json!({ "required": [way] }));
        fields.insert("oneOf".to_owned(), json!(ways));
    }
    let dimension = object(
        "A weighted family of indicators. 维度",
        &["id", "name"],
        vec![
            ("id", id("Its id.")),
            ("name", both("Its name. 名称")),
            (
                "weight",
                above("Its weight in the score `total`, where the policy names no scores. 权重"),
            ),
        ],
    );
    let judge = object(
        "One judge's pairwise comparisons.",
        &["name", "matrix"],
        vec![
            ("name", text("Who.")),
            (
                "matrix",
                list(
                    "Rows in the order of the items.",
                    list(
                        "How much more this item counts than each.",
                        number("1 is as much; 3 is more."),
                    ),
                ),
            ),
        ],
    );
    let derivation = object(
        "Where weights came from; they then stand nowhere else. 权重来源",
        &["of", "method", "items"],
        vec![
            (
                "of",
                text("`dimensions`, or the dimension whose indicators are weighed."),
            ),
            (
                "method",
                word(
                    "Pairwise comparison (层次分析法) or entropy (熵权法).",
                    &["ahp", "entropy"],
                ),
            ),
            ("items", list("What is weighed.", text("An id."))),
            ("judges", list("AHP: the judges.", judge)),
            ("weights", list("Entropy: the weights as frozen.", above("A weight."))),
            ("rows", whole("Entropy: how many subjects they were computed from.")),
            ("as_of", date("Entropy: as of when.")),
            (
                "sha256",
                json!({ "type": "string", "pattern": "^[0-9a-f]{64}$", "description": "Entropy: hash of the data." }),
            ),
        ],
    );
    let full = object(
        "A score with a name.",
        &["weights"],
        vec![
            ("name", both("Its name. 名称")),
            (
                "decimals",
                json!({ "type": "integer", "minimum": 0, "maximum": 4, "description": "Its decimals; 2 unless said. 小数位数" }),
            ),
            ("weights", weights("Weights by dimension.")),
        ],
    );
    let score = json!({ "description": "A score: weights by dimension, or a table with a name. 得分", "anyOf": [full, weights("Weights by dimension.")] });
    vec![
        ("band", band),
        ("level", level),
        ("reconcile", reconcile),
        ("bands_from", from_table),
        ("indicator", indicator),
        ("dimension", dimension),
        ("derivation", derivation),
        ("score", score),
    ]
}

fn rules() -> Definitions {
    let plain = json!({ "type": ["string", "number", "boolean"] });
    let grade = object(
        "A grade. 等级",
        &["id", "name"],
        vec![
            ("id", id("Its id.")),
            ("name", both("Its name. 名称")),
            ("class", text("Free text such as A, B, C. 类别")),
            ("means", both("What it means. 说明")),
            ("when", text("When it is given; the last grade has no condition. 条件")),
            (
                "review_every",
                text("How often it is looked at again, for instance `6 months`. 复审间隔"),
            ),
            ("entitlements", named("What it gives. 权益", plain)),
        ],
    );
    let guarantee = object(
        "A statement that is proved. 保证",
        &["says"],
        vec![
            (
                "says",
                text(
                    "`COND implies grade at_most 'g'`, `COND implies grade at_least 'g'`, `monotone in NAME`, `independent of NAME` or `reachable 'g'`.",
                ),
            ),
            ("name", both("The same for readers. 名称")),
        ],
    );
    let given = json!({ "type": ["string", "number", "boolean"], "description": "A value; dates as TOML dates, a judged indicator as a level or points." });
    let example = object(
        "A test of the policy. 示例",
        &["given"],
        vec![
            ("name", both("What it shows. 名称")),
            (
                "given",
                named(
                    "Measures, judged indicators and used grades; others are missing. 已知",
                    given,
                ),
            ),
            ("grade", text("The grade that must come out; `ungraded` for none. 等级")),
            (
                "scores",
                named("Scores that must come out. 得分", number("At the score's decimals.")),
            ),
            (
                "caps",
                list("Caps that must bind, all of them. 封顶", text("A cap's id.")),
            ),
            ("as_of", date("As of when; the effective date unless said. 基准日")),
        ],
    );
    vec![("grade", grade), ("guarantee", guarantee), ("example", example)]
}

fn office() -> Definitions {
    let group = object(
        "How a corporate group bears on its members. 集团约束",
        &["policy"],
        vec![
            ("policy", text("The policy that rates the group.")),
            (
                "member_at_most",
                json!({ "type": "string", "pattern": "^group\\s*(\\+\\s*[0-9]+)?$", "description": "`group`, or `group + n` notches above it." }),
            ),
        ],
    );
    let committee = object(
        "The committee. 评审委员会",
        &[],
        vec![
            ("seats", list("Its seats. 席位", text("A seat."))),
            ("quorum", whole("How many must be there. 法定人数")),
            ("majority", text("`simple`, or a fraction such as `2/3`. 通过比例")),
            (
                "majority_of",
                word(
                    "Of whom the majority is taken. 计票基数",
                    &["votes", "present", "seats"],
                ),
            ),
            ("ballot", word("Whether votes are open. 记名与否", &["open", "secret"])),
            (
                "casting_vote",
                flag("Whether the chair decides where votes are equal. 决定票"),
            ),
            (
                "circulation",
                text("How long a vote without a meeting may take. 书面表决期限"),
            ),
        ],
    );
    let overriding = object(
        "Departures from the model's grade. 等级调整",
        &[],
        vec![
            ("notches", whole("How far at most. 级数")),
            ("expires", text("After what time. 有效期")),
            ("second_person", flag("Whether a second person is needed. 第二人")),
            (
                "reasons",
                json!({
                    "type": "object",
                    "description": "The reasons that there are: code = name. 调整理由",
                    "additionalProperties": both("Its name.")
                }),
            ),
            (
                "without_committee",
                whole("How many notches two people decide without the committee. 双人认定级数"),
            ),
            (
                "emergency",
                text("How long an emergency override holds at most. 紧急调整有效期"),
            ),
        ],
    );
    let appeal = object(
        "Appeals. 复议",
        &[],
        vec![
            ("within", text("Within what time a customer may appeal. 期限")),
            ("answer_within", text("Within what time it is answered. 答复期限")),
        ],
    );
    let fast_lane = object(
        "What the administrator accepts without experts and committee. 快速通道",
        &["notches"],
        vec![
            (
                "notches",
                whole("At most so many notches from the grade in force. 级数"),
            ),
            ("first", flag("Whether also for customers without a grade. 首次评级")),
            (
                "never",
                list(
                    "Grades that are neither given nor taken on it. 例外等级",
                    text("A grade."),
                ),
            ),
            ("coverage", share("The least coverage. 覆盖率")),
        ],
    );
    let steady = object(
        "What keeps grades from going to and fro. 等级稳定",
        &[],
        vec![
            (
                "confirmed_by",
                whole("How many runs in a row must give less before a grade falls without the committee. 连续批次"),
            ),
            (
                "cool_down",
                text("How long after a fall the grade does not rise. 降级冷却期"),
            ),
        ],
    );
    let review = object(
        "The office's part of the regulation. 评审",
        &[],
        vec![
            ("fast_lane", fast_lane),
            ("committee", committee),
            ("override", overriding),
            ("steady", steady),
            ("appeal", appeal),
        ],
    );
    vec![("group", group), ("review", review)]
}

fn files() -> Definitions {
    let row = object(
        "Edges for one indicator and one combination of keys.",
        &["indicator", "keys", "edges"],
        vec![
            ("indicator", text("The indicator's id.")),
            (
                "keys",
                list("Key texts in the order of the table's key.", text("A key text.")),
            ),
            (
                "edges",
                list(
                    "Edges, best first, one for each of the table's points.",
                    number("An edge."),
                ),
            ),
        ],
    );
    let table = object(
        "A standard table. 标准值表",
        &["key", "points", "beyond", "row"],
        vec![
            ("name", both("Its name. 名称")),
            ("source", both("Where the values come from. 来源")),
            ("key", list("Names of the key columns.", text("A name."))),
            (
                "points",
                list("Points at each edge, best first. 分值", points("Points.")),
            ),
            ("beyond", points("Points beyond the worst edge.")),
            ("row", list("Its rows.", row)),
        ],
    );
    let rate = object(
        "What one unit of a currency is worth. 汇率",
        &["from", "date", "value"],
        vec![
            ("from", currency("The currency.")),
            ("date", date("From which day on.")),
            ("value", above("In units of the policy's currency.")),
        ],
    );
    let option = object(
        "One code.",
        &["id"],
        vec![
            ("id", text("The code.")),
            ("zh", text("Chinese.")),
            ("en", text("English.")),
            ("aliases", list("Other words for it. 别名", text("A word."))),
        ],
    );
    let field = object(
        "A field. 字段",
        &["id", "type", "label"],
        vec![
            ("id", id("Its id.")),
            (
                "type",
                word(
                    "What it holds.",
                    &[
                        "text", "choice", "integer", "decimal", "money", "number", "date", "flag",
                    ],
                ),
            ),
            ("decimals", decimals("For decimals and money.")),
            ("options", list("For a choice: its codes.", option)),
            (
                "unit",
                json!({ "description": "The unit for readers. 单位", "anyOf": [text("The same in both languages."), both("In both languages.")] }),
            ),
            ("label", both("The label that people see. 名称")),
            (
                "aliases",
                list("Other headings of its column. 别名", text("A heading.")),
            ),
            ("required", flag("Whether a row without it is a bad row.")),
            (
                "personal",
                flag("Whether it is about a person; then it never enters measures."),
            ),
        ],
    );
    let kind = object(
        "A record kind. 记录种类",
        &[],
        vec![
            ("name", both("Its name. 名称")),
            (
                "aliases",
                list("Other names of its file or sheet. 别名", text("A name.")),
            ),
            ("subject", text("The field that names the customer.")),
            (
                "key",
                list("The fields that together make a row unique.", text("A field's id.")),
            ),
            ("date", text("The field that dates the row.")),
            ("known", text("The field that says from when the row was known.")),
            ("currency", text("The field with the currency of the row's money.")),
            (
                "scope",
                text("The choice field that says whether a row is consolidated (its option `consolidated`). 报表范围"),
            ),
            ("field", list("Its fields.", reference("field"))),
            ("office", reference("kind_office")),
        ],
    );
    vec![
        ("table", table),
        ("rate", rate),
        ("field", field),
        ("kind", kind),
        ("kind_office", office::of_kind()),
    ]
}

/// A cap or a floor.
fn bound(side: &'static str, grade: &str) -> Value {
    object(
        "A rule that bounds the grade.",
        &["when", side, "reason"],
        vec![
            ("id", id("Its id; by position unless said.")),
            ("when", text("When it bears on the grade. 条件")),
            (side, text(grade)),
            ("reason", both("Why, as the customer reads it. 理由")),
            ("clause", text("Where the written regulation says so. 条款")),
        ],
    )
}

// ---- words of the schema

fn object(description: &str, required: &[&str], properties: Vec<(&'static str, Value)>) -> Value {
    let properties: Map<String, Value> = properties
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect();
    json!({
        "type": "object",
        "description": description,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn named(description: &str, value: Value) -> Value {
    json!({ "type": "object", "description": description, "additionalProperties": value })
}

fn list(description: &str, items: Value) -> Value {
    json!({ "type": "array", "description": description, "items": items })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn both(description: &str) -> Value {
    json!({ "$ref": "#/$defs/text", "description": description })
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn id(description: &str) -> Value {
    json!({ "type": "string", "minLength": 1, "description": description })
}

fn word(description: &str, words: &[&str]) -> Value {
    json!({ "enum": words, "description": description })
}

fn flag(description: &str) -> Value {
    json!({ "type": "boolean", "description": description })
}

fn number(description: &str) -> Value {
    json!({ "type": "number", "description": description })
}

fn above(description: &str) -> Value {
    json!({ "type": "number", "exclusiveMinimum": 0, "description": description })
}

fn zero_or_more(description: &str) -> Value {
    json!({ "type": "number", "minimum": 0, "description": description })
}

fn whole(description: &str) -> Value {
    json!({ "type": "integer", "minimum": 0, "description": description })
}

fn share(description: &str) -> Value {
    json!({ "type": "number", "minimum": 0, "maximum": 1, "description": description })
}

fn points(description: &str) -> Value {
    json!({ "type": "number", "minimum": 0, "maximum": 100, "description": description })
}

fn pair() -> Value {
    json!({ "type": "array", "minItems": 2, "maxItems": 2, "items": points("Points at the lower and at the upper end.") })
}

fn points_by_name(description: &str) -> Value {
    named(description, points("Points."))
}

fn weights(description: &str) -> Value {
    named(description, above("A weight."))
}

fn decimals(description: &str) -> Value {
    json!({ "type": "integer", "minimum": 0, "maximum": pinji_domain::number::MAX_DECIMALS, "description": description })
}

/// Editors read TOML dates as texts.
fn date(description: &str) -> Value {
    json!({ "type": "string", "format": "date", "description": description })
}

fn currency(description: &str) -> Value {
    json!({ "type": "string", "pattern": "^[A-Z]{3}$", "description": description })
}

fn end(description: &str) -> Value {
    json!({ "type": ["number", "string"], "description": format!("{description} A number, or a parameter's id.") })
}

fn unit() -> Value {
    json!({
        "type": "string",
        "description": "Unit of the value: money, ratio, count, days, months, years, points, text, date, flag, or a word of your own. 单位",
        "examples": ["money", "ratio", "count", "days", "months", "years", "points"],
    })
}

mod office;
#[cfg(test)]
mod tests;
