### 报告、图表与工作簿的语句。

## 缺失原因
missing-not-reported = 未报送
missing-stale = 已过期
missing-undefined = 无法计算
missing-unlisted = 不在列表内
missing-too-few-experts = 专家人数不足
missing-disagreement = 专家意见分歧过大
missing-ungraded = 所用评级未定级
missing-only-member = 集团仅此一家成员

## 常用
customers = { $n } 家
label-value = { $label }：{ $value }
period-days = { $n }天
period-months = { $n }个月
period-years = { $n }年

## 图表
chart-empty = 没有可画的数据
chart-total = 合计
chart-share-of-row = 占本行比例

## 评级报告
report-customers = { $n } 家客户
report-groups = { $n } 家集团
report-headline = { $subjects }中 { $graded } 家已定级，{ $best } { $count } 家（{ $share }）
report-nothing = 没有可定级的对象
report-lead = 《{ $policy }》{ $version } 版，基准日 { $date }
report-foot = 由 Pinji 品级 { $engine } 生成。同样的数据、标准和程序版本总得到同样的报告，可用 pinji verify 复核。
report-subtitle = n = { $n } · { $date } · { $policy } { $version }
report-previous = 上期 { $date }
report-current = 本期 { $date }
report-ungraded = 未定级
report-all = 合计
report-tile-graded = 已定级
report-tile-ungraded = 未定级
report-tile-moved = 等级变动
report-tile-moved-note = 上调 { $up }，下调 { $down }，新获或失去等级 { $otherwise }
report-tile-full = 数据完整
report-tile-bounds = 生效的封顶与保底
report-tile-bounds-note = 共 { $n } 条规则
report-bar = { $n }（{ $share }）
report-stop = ；

report-grade = 等级
report-count = 家数
report-count-customers = 客户数
report-count-groups = 集团数
report-share = 占比
report-before = 上期
report-change = 变动
report-subject = 名称与编号
report-score = 得分
report-why = 原因
report-interval = 区间
report-dimension = 维度
report-indicator = 指标
report-cause = 原因
report-reason = 理由
report-class = 类别
report-condition = 条件

report-distribution = 等级分布
report-distribution-table = 各等级家数
report-distribution-same = 各等级家数与上期相同
report-distribution-rose = { $grade }比上期增加 { $n } 家
report-distribution-fell = { $grade }比上期减少 { $n } 家
report-distribution-largest = { $grade }最多，{ $n } 家，占 { $share }

report-first = 先看这些
report-first-note = 按等级变化、封顶、缺失和金额挑出的 { $n } 家，请先核对。
report-why-cap = 封顶：{ $reason }
report-why-cap-gone = 不再封顶：{ $reason }
report-why-floor = 保底：{ $reason }
report-why-missing = 缺失：{ $indicator }（{ $cause }）
report-why-loss = 失分：{ $indicator } { $points } 分
report-why-change = 变化：{ $indicator } { $points } 分
report-why-nearly-up = 距{ $grade }只差 { $gap } 分
report-why-nearly-down = 仅高于{ $grade }的界限 { $gap } 分
report-why-fell = 等级下降 { $n } 级
report-why-rose = 等级上升 { $n } 级
report-why-ungraded = 未定级：{ $cause }
report-why-stake = 涉及金额大
report-ungraded-refused = 缺少必需指标“{ $indicator }”
report-ungraded-coverage = 数据覆盖率低于下限
report-ungraded-no-lines = 没有可计分的指标

report-movement = 与上期比较
report-movement-table = 从上期（行）到本期（列）的家数
report-from-to = 上期 \ 本期
report-movement-conclusion = { $same } 家（{ $share }）等级不变，上调 { $up } 家，下调 { $down } 家，新获或失去等级 { $otherwise } 家
report-movement-other-scale = 两期的等级标尺不同，只列家数
report-movement-note = 上期按 { $version } 版评级。新增 { $joined } 家，减少 { $left } 家，未计入迁移。
report-movers = 变动最大的对象
report-move = 等级变动

report-scores = 得分分布
report-scores-table = { $score }各区间家数
report-scores-conclusion = { $score }中位数 { $middle }，一半在 { $low } 与 { $high } 之间

report-profile = 各等级的维度得分
report-profile-table = 维度平均得分（0–100）
report-profile-conclusion = { $dimension }最能区分等级：{ $best } { $high }，{ $last } { $low }

report-coverage = 数据覆盖与缺失
report-coverage-table = 各覆盖率区间家数
report-coverage-class = 覆盖率
report-coverage-conclusion = { $subjects }（{ $share }）的指标齐全
report-missing-table = 缺失的指标
report-missing-conclusion = 缺得最多的指标是{ $indicator }：{ $subjects }

report-bounds = 封顶与保底
report-bounds-table = 规则与生效家数
report-bound = 界限
report-at-most = 最高
report-at-least = 最低
report-clause = 条款 { $clause }
report-bounds-conclusion = 生效最多的规则是“{ $reason }”：{ $subjects }
report-bounds-none = 没有规则改变等级

report-ungraded-why = 未定级及原因
report-next-step = 下一步
report-step-refused = 补报该指标所需数据后重新评级
report-step-coverage = 先补报权重大的缺失指标
report-step-no-lines = 核对该对象是否有任何数据

report-policy = 分级标准摘要
report-rules-table = 等级规则（自上而下，先符合者先定）
report-otherwise = 其余
report-weights-table = 各维度在得分中的权重
report-guarantees = 保证
report-says = 内容
report-proof = 证明
report-proved = ✓ 已证明
report-not-proved = ✗ 未证明

report-facts = 可追溯信息
report-facts-note = 凭以下内容可以把本批次重新推导一遍，逐字节比对。
report-policy-id = 标准编号
report-as-of = 基准日
report-policy-hash = 标准哈希
report-snapshot-hash = 快照哈希
report-engine = 程序版本
report-left-out = 未采用的错误行
report-inputs = 输入文件
report-file = 文件
report-bytes = 字节

## 分级标准文本
print-version = { $version } 版
print-version-effective = { $version } 版，自{ $date }起施行
print-chapter = 第{ $number }章　{ $title }
print-foot = 本文由标准文件自动生成，与评级所用的规则完全一致；如有出入，以标准文件为准。
print-general = 总则
print-weights = 维度与权重
print-indicators = 指标与评分
print-measures = 数据口径
print-tables = 标准值表
print-grades = 等级与权益
print-bounds = 封顶、保底与集团约束
print-guarantees = 保证
print-review = 评审与复议
print-derivations = 权重的来源
print-examples = 示例
print-files = 版本与校验
print-subject = 评级对象
print-id = 编号
print-currency = 币种
print-min-coverage = 最低数据覆盖率
print-uses = 引用的评级
print-rule-points = 每个指标按其取值得 0 至 100 分；维度与得分是加权和，权重按合计折算。
print-rule-exact = 指标值按规定的小数位四舍六入五成双后计分，得分等于各项贡献之和。
print-rule-missing = 数据缺失不等于零：每个指标都写明缺失时如何处理。
print-rule-order = 定级顺序：先按等级规则，再保底，再封顶，最后是集团约束。

print-weights-table = 指标权重
print-weight = 权重
print-weight-in-dimension = 维度内权重
print-weight-in-score = 占{ $score }
print-score-table = { $score }的权重
print-score-conclusion = { $score }中{ $dimension }最重，占 { $share }
print-score-subtitle = { $policy } { $version } · 得分保留 { $n } 位小数

print-indicator-heading = { $name }（权重 { $weight }）
print-formula = 公式
print-unit = 单位
print-unit-decimals = { $unit }，保留 { $n } 位小数
print-source = 数据来源
print-better = 方向
print-better-higher = 越高越好
print-better-lower = 越低越好
print-missing = 缺失处理
print-missing-refuse = 不予定级
print-missing-worst = 按最低分计
print-missing-reweight = 不计该项，权重分给其他指标
print-missing-points = 按 { $points } 分计
print-clause = 条款
print-points = 分值
print-value = 取值
print-points-table = 评分表
print-points-interpolated = 评分表（档内按直线插值）
print-band-name = 名称
print-any-value = 任意值
print-any-other = 其他
print-counts-as-missing = 按缺失处理
print-by-table = 按《{ $table }》评分，依{ $keys }选取标准值。
print-by-table-interpolated = 按《{ $table }》评分，依{ $keys }选取标准值，两档之间按直线插值。
print-levels-table = 等次
print-level = 等次
print-means = 含义
print-judged-by = 评判人
print-reconcile = 意见汇总
print-reconcile-mean = 取平均值，至少 { $n } 人
print-reconcile-median = 取中位数，至少 { $n } 人
print-reconcile-consensus = 意见一致时取平均值，至少 { $n } 人
print-reconcile-spread = 分歧不得超过 { $points } 分
print-reconcile-fresh = 只计最近{ $period }内的意见

print-measures-table = 度量
print-measure = 度量
print-parameters = 参数
print-parameter = 参数
print-from = 生效日期
print-from-the-beginning = 自始
print-rates = 汇率
print-rate-in = 折合 { $currency }
print-points-at = { $points } 分
print-beyond = 劣于最后一档的，得 { $points } 分。
print-table-source = 来源：{ $source }

print-grades-note = 自上而下，先符合条件的等级先定。
print-review-every = 复审周期
print-entitlements = 各等级权益
print-entitlement = 权益
print-caps = 封顶：条件成立时，等级不高于
print-floors = 保底：条件成立时，等级不低于
print-cap-beats-floor = 封顶与保底同时成立时，以封顶为准。
print-group = 集团成员的等级至多比集团按《{ $policy }》所定的等级高 { $n } 级。
print-group-same = 集团成员的等级不得高于集团按《{ $policy }》所定的等级。
print-guarantees-note = 以下各项由标准文件推导证明，对任何客户都成立，不依赖抽样。
print-undecided = ？ 未能判定
print-unchecked = 未检查
print-refuted = ✗ 不成立，反例：{ $example }

print-seats = 委员会席位
print-quorum = 法定人数
print-quorum-of = { $n } 人
print-majority = 通过比例
print-override = 等级调整
print-override-notches = 至多 { $n } 级
print-override-expires = { $period }后失效
print-override-second = 须第二人复核
print-appeal = 客户申请复议
print-appeal-answer = 答复复议
print-within = { $period }内
print-fast-lane = 快速通道
print-fast-lane-notches = 评级管理员可接受变动至多 { $n } 级的机评等级
print-fast-lane-first = 含首次评级
print-fast-lane-not-first = 不含首次评级
print-fast-lane-coverage = 覆盖率不低于 { $coverage }
print-fast-lane-never = 不适用于{ $grades }
print-majority-of-votes = 同意票占同意与反对票的 { $majority }
print-majority-of-present = 参加者的 { $majority }
print-majority-of-seats = 全体席位的 { $majority }
print-ballot = 表决方式
print-ballot-open = 记名
print-ballot-secret = 无记名，只保留票数
print-casting-vote = 票数相等时由主任裁决
print-circulation = 书面表决期限 { $period }
print-override-alone = 双人可不经委员会调整 { $n } 级
print-override-emergency = 紧急时由双人即时调整，有效期至多 { $period }
print-override-reasons = 等级调整理由
print-steady-fall = 等级下调
print-steady-runs = 连续 { $n } 个批次如此，或由委员会认定
print-steady-rise = 下调之后
print-steady-after = { $period }内不得上调

print-ahp = { $of }：层次分析法
print-ahp-judge = 评判人 { $judge } 的两两比较（CR = { $cr }）
print-ahp-together = 各评判人按几何平均汇总，CR = { $cr }，{ $verdict }。
print-consistent = 一致性可以接受
print-inconsistent = 一致性不足
print-compared = 行比列
print-derived = 得到的权重
print-weighed = 对象
print-entropy = { $of }：熵权法
print-entropy-from = 由 { $rows } 行数据计算，基准日 { $date }，数据哈希：
print-examples-table = 标准自带的检验，发布前必须全部通过
print-example = 示例
print-given = 给定
print-result = 应得
print-example-caps = 封顶：{ $caps }
print-example-no-caps = 无封顶
print-files-note = 哈希覆盖全部文件的字节；任何改动都会改变它。
print-version-word = 版本
