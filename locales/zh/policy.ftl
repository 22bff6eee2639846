### 分级标准的语句：检查发现了什么，下一步做什么。

## 读取文件
policy-toml = 此处不符合 TOML 写法：{ $says }。请先改正此处，文件其余部分在能读通后再检查。
policy-file-unreadable = 无法读取文件「{ $file }」：{ $why }。请核对文件名；文件应与本文件放在一起。
policy-file-outside = 「{ $file }」不在标准所在文件夹内。标准与其附属文件须放在一起：请把它移到本文件旁，用相对路径书写。
policy-cycle = 这些标准互相引用成环：{ $chain }。等级不能取决于自身，请去掉其中一处引用。
policy-key-missing = 此处缺少「{ $key }」，请补上。
policy-key-unknown = 此处没有「{ $key }」这一项。
policy-keys-known = 此处可用的项：{ $keys }。
policy-did-you-mean = 是否想写「{ $name }」？
policy-wrong-type = 此处应为{ $expected }，现在是{ $found }。
policy-word-unknown = 「{ $word }」不能写在此处，可写：{ $words }。
policy-expects-text = 带引号的文字
policy-expects-number = 数字
policy-expects-whole = 非负整数
policy-expects-date = 日期，如 2026-01-01
policy-expects-period = 期间，如 "12 months"、"90 days" 或 "1 year"
policy-expects-flag = true 或 false
policy-expects-list = 方括号列表
policy-expects-table = 形如 { "{" } 项 = 值 { "}" } 的表
policy-expects-tables = 以双方括号开头的一组表
policy-expects-plain = 文字、数字、日期或 true/false
policy-expects-both = 中英文文字 { "{" } zh = "…", en = "…" { "}" }
policy-is-text = 文字
policy-is-number = 数字
policy-is-flag = 真假值
policy-is-date = 日期
policy-is-list = 列表
policy-is-table = 表
policy-number-inexact = 「{ $number }」无法精确保存。请写普通数字，小数不超过九位，绝对值小于 2^53。
policy-number-words = 「{ $number }」请写成不带单位和分隔的数字：{ $digits }。
policy-language-missing = 缺少{ $language }。每位读者都应能读到自己的语言。
policy-language-missing-help = 请两种都写：{ "{" } zh = "…", en = "…" { "}" }。
policy-lang-zh = 中文
policy-lang-en = 英文

## 标准总则
policy-currency-form = 「{ $currency }」不是货币代码。请写三个大写字母，如 CNY、USD。
policy-weights-of-positive = 权重合计必须为正数，请写明应合计多少，例如 100。
policy-coverage-range = 「{ $value }」不是比例。请写 0 到 1，小数不超过四位，例如 0.6 表示 60%。
policy-no-dimensions = 标准没有维度，请至少添加一个 dimension。
policy-no-indicators = 标准没有指标，无从打分，请至少添加一个 indicator。
policy-no-grades = 标准没有等级。请从最好的写起，最后一个不写条件。
policy-too-many = { $what }共 { $found } 个，最多 { $most } 个。请合并或删减。
policy-plan = 标准可以读通，但无法编译：{ $why }。请连同文件反馈此问题。

## 名称
policy-what-measure = 度量
policy-what-indicator = 指标
policy-what-dimension = 维度
policy-what-score = 得分
policy-what-alias = 所用标准
policy-what-parameter = 参数
policy-what-grade = 等级
policy-what-cap = 封顶规则
policy-what-floor = 保底规则
policy-what-level = 档次
policy-what-group-grade = 集团等级
policy-id-form = 「{ $id }」不能用作公式中的名称。
policy-id-form-help = 请用字母、数字和下划线，以字母开头，例如 net_margin。
policy-id-reserved = 「{ $id }」是公式语言的保留字，请另取名称。
policy-id-column = 「{ $id }」是结果文件自有的列名，请另取名称。
policy-id-comma = 「{ $id }」含有逗号、引号或换行，会与结果列混淆，请改用简单编号。
policy-id-twice = 已有名为「{ $id }」的{ $what }，请给此处另取名称。
policy-id-clash = 「{ $id }」在此是{ $what }，而别处已用作{ $other }。
policy-id-clash-help = 度量、指标、维度、得分、参数与所用标准共用一套名称，公式才只有一种含义。请给其中一个改名。
policy-name-unknown = 没有名为「{ $name }」的项，请先声明或改正名称。
policy-name-label = 「{ $name }」是给人看的名称，公式中请写编号「{ $id }」。
policy-measure-unknown = 没有名为「{ $name }」的度量。请在 [measure.{ $name }] 中声明，或改正名称。
policy-field-name-unknown = 「{ $kind }」记录没有字段「{ $name }」。请改正名称，或在记录种类文件中声明该字段。
policy-field-unknown = 「{ $kind }」记录没有字段「{ $field }」，请声明或改正名称。
policy-office-nobody-told = 「{ $kind }」记录声明了关键字段，却没有部门会收到通知。
policy-office-nobody-told-help = 请写上 notify，例如 notify = ["risk"]；或去掉 key_fields。
policy-office-identity-form = 「{ $says }」不是勾稽关系，请写成 a = b + c 或 a <= b，两边只写字段编号、加号与减号。
policy-office-field-type = 字段「{ $field }」不能写在此处，这里要的是{ $wanted }。
policy-office-exact-number = 整数、小数或金额字段
policy-office-date = 日期字段
policy-office-choice = 选项字段
policy-office-text = 文本字段
policy-office-negative = 允许的差额不能为负，请写 0 或更大的数。
policy-office-above-zero = 须大于 0，请改正。
policy-office-share-range = 须大于 0 且不超过 1，例如 0.05。
policy-office-option-unknown = 字段「{ $field }」没有选项「{ $option }」，请改正。
policy-office-period-form = 期间规则须三选一：every；by 与 steps；from 与 to。
policy-office-sample-channel = 渠道「{ $channel }」由人填报，须由人审核，不能按规则抽样接收；sample 只用于 api、crm、folder。
policy-field-personal = 「{ $field }」涉及个人信息，不得进入度量，请去掉。
policy-kind-unknown = 没有记录种类「{ $kind }」。请改正名称，或在所列文件中声明。
policy-kinds-known = 现有记录种类：{ $kinds }。
policy-dimension-unknown = 没有名为「{ $dimension }」的维度，请声明或改正名称。
policy-indicator-unknown = 没有名为「{ $indicator }」的指标，此行在本标准中无用。请改正名称；若供其他标准使用可保留。
policy-table-unknown = 没有名为「{ $table }」的标准值表。请改正名称，或列出其所在文件。
policy-table-unknown-help = 标准值表写在 [table.名称] 下，通常另存文件并列入 files。
policy-parameter-unknown = 没有名为「{ $name }」的参数。请在 [parameter.{ $name }] 中声明，或直接写数字。
policy-grade-unknown = 没有名为「{ $grade }」的等级，请改正名称。
policy-grade-meant = 是否指「{ $name }」？现有等级：{ $grades }。
policy-grades-known = 现有等级：{ $grades }。
policy-grade-reserved = 「{ $grade }」专指未定级，请另取编号。
policy-score-unknown = 没有名为「{ $name }」的得分，请改正名称。
policy-cap-unknown = 没有名为「{ $name }」的封顶规则。请给规则写上此 id，或改正名称。

## 公式：读法
policy-formula-empty = 公式为空。请写出公式，例如 "net_profit / nullif(revenue, 0)"。
policy-formula-long = 公式过长，请拆成几个度量。
policy-formula-deep = 公式嵌套过深，请拆成几个度量。
policy-formula-sign = 「{ $sign }」不是公式符号。
policy-formula-wide-sign = 请改写为「{ $meant }」。
policy-formula-double-quote = 与 SQL 一样，文字用单引号：'A'。
policy-formula-quote-open = 这段文字缺少结束的引号，请补上；文字中的单引号写两个。
policy-formula-unexpected = 「{ $found }」不能写在此处，应为{ $expected }。
policy-formula-ends = 公式过早结束，还应有{ $expected }。
policy-formula-expects-end = 公式到此结束
policy-formula-expects-value = 一个值：名称、数字、单引号文字或函数
policy-formula-expects-name = 名称
policy-formula-expects-text = 单引号文字
policy-formula-expects-and = and 与上限
policy-formula-expects-missing = missing 或 null
policy-formula-expects-list = 括号列表
policy-formula-expects-comma = 逗号或右括号
policy-formula-expects-close = 右括号
policy-formula-expects-then = then
policy-formula-expects-when = when
policy-formula-expects-case-end = when、else 或 end
policy-formula-chain = 比较之后不能再接比较。
policy-formula-chain-help = 请写 "x between 0 and 5"，或 "x >= 0 and x < 5"。
policy-formula-date = 「{ $text }」不是日期，请写成 date '2026-01-01'。
policy-formula-function = 没有函数「{ $function }」。
policy-formula-functions = 可用函数：{ $functions }；度量中还有 count、sum、avg、min、max。
policy-formula-arguments = 「{ $function }」需要 { $wanted } 个值，现有 { $found } 个，请核对括号内的值。
policy-formula-distinct = distinct 只能写在 count(distinct x) 中，请去掉。
policy-formula-star = * 只能写在 count(*) 中，请写字段名。
policy-formula-condition-only = 此写法只用于条件（when），公式中请用 is null 或 case when … end。

## 公式：含义
policy-type-number = 数字
policy-type-text = 文字
policy-type-date = 日期
policy-type-flag = 是否值
policy-type-any = 空值
policy-formula-type = 这是{ $found }，此处需要{ $wanted }。
policy-formula-types-differ = { $left }与{ $right }不能放在一起，请统一类型。
policy-unit-clash = 此处把{ $left }与{ $right }相加或相比，单位不同。
policy-unit-clash-help = 请先相除或相乘，使两边单位一致。
policy-unit-declared = 公式得出的是{ $derived }，而单位声明为{ $declared }。请改其一，使读者看到的与评分一致。
policy-unit-money = 金额
policy-unit-ratio = 比率
policy-unit-count = 数量
policy-unit-days = 天数
policy-unit-months = 月数
policy-unit-years = 年数
policy-unit-points = 分值
policy-unit-text = 文字
policy-unit-date = 日期
policy-unit-flag = 是否值
policy-unit-other = 其他单位
policy-formula-dates = 日期减日期得天数，日期加减天数得日期，此外不能用日期计算。
policy-formula-flag-order = 是否值没有大小，请用 = true 或 = false 比较。
policy-formula-list-constant = 列表中只能写常量，请写数字或文字。
policy-formula-null = 任何值都不等于 null，此处永远不成立。请写 is null，或 coalesce(x, 0)。
policy-formula-indicator = 「{ $name }」是指标，公式由度量组成。请在此写出其公式，或声明一个度量。
policy-formula-score = 「{ $name }」是得分，公式由度量组成；得分可用于条件。
policy-formula-ln = 非正数没有对数，结果将为缺失。
policy-formula-ln-help = 请保证为正，例如 ln(greatest(x, 1))，或用 case 判断。
policy-division-by-zero = 「{ $divisor }」可能为零，此时没有结果。
policy-division-by-zero-help = 请明确写出：除以 { $instead }，为零时即为缺失；或用 case 判断。
policy-text-unlisted = 「{ $text }」不在此处可能出现的文字之内。
policy-text-listed = 可能的文字：{ $texts }。

## 度量
policy-measure-source = 度量没有写明来源。请写 from（记录种类）或 given（类型）。
policy-measure-period = 度量没有写期间：取多长时间内的记录？
policy-measure-period-help = 请写 over = "12 months"；若取截至基准日的全部记录，写 over = "all"。
policy-measure-over-latest = 取最近一条记录时没有窗口，请改用 fresh 写明多久以内有效。
policy-measure-fresh-aggregate = 汇总用窗口而不用时效，请改用 over。
policy-measure-fresh = 「{ $measure }」取最近一条记录，无论多旧。
policy-measure-fresh-help = 请写 fresh = "18 months"，更旧的数据视为缺失；若不论新旧，写 fresh = "any"。
policy-measure-decimals-latest = 最近值保留字段本身的小数位，请去掉 decimals；取整由指标负责。
policy-members-beside = accounts 与 complete 说的是成员数据。请同时写 members，或去掉这一项。
policy-members-subject = 客户没有成员：members 只用于 subject = "group" 的标准。
policy-members-number = 成员数据要合并计算，而「{ $measure }」不是数值。请去掉 members。
policy-members-decimals = 成员数据须精确合并，而「{ $measure }」不是精确数值。请用 decimals 写明各成员的数值保留几位小数。
policy-members-weight-unknown = 没有名为「{ $name }」的度量。
policy-members-weight = 「{ $name }」不能作权重：权重须是另一个写有 members 的度量，这样每个成员才有数值。
policy-accounts-given = 只有记录才分合并与单体，这个度量是随客户给出的。请去掉 accounts。
policy-accounts-scope = 「{ $kind }」的记录没有说明是否合并。请在该种类中用 scope 指明字段，或去掉 accounts。
policy-accounts-never-missing = 没有记录时「{ $measure }」也有数值，每个成员就都像有合并报表一样。请改用没有记录时即缺失的取值。
policy-scope-options = 「{ $field }」不能说明是否合并：scope 须指明一个含有选项「{ $option }」的选择字段。
policy-members-sum = 成员合计
policy-members-max = 成员中最大
policy-members-min = 成员中最小
policy-members-weighted = 成员按「{ $by }」加权平均
policy-accounts-own = 各成员自己的报表
policy-accounts-consolidated-first = 合并报表优先
policy-complete-yes = 任一成员缺失即缺失
policy-complete-no = 以有数据的成员计
policy-measure-undated = 「{ $kind }」记录没有日期，无法按窗口取数，请写 over = "all"。
policy-decimals-range = 小数位 { $decimals } 过多，请写 0 到 9。
policy-filter-flag = 筛选条件对每条记录须为真或假，请写成比较。
policy-aggregate-bare = 「{ $name }」每条记录一个值，而窗口内有多条。请写明如何汇总，例如 { $example }。
policy-aggregate-none = 此处没有汇总。
policy-aggregate-none-help = 请用 count、sum、avg、min 或 max；取最近一条记录写 take = "latest"。
policy-aggregate-place = 「{ $function }」汇总多条记录，只能写在带 over 的度量中。请声明该度量并在此引用。
policy-aggregate-decimals = 「{ $function }」需要知道保留几位小数。
policy-aggregate-decimals-help = 请加 decimals = 2（按数据的小数位）：先化为整数单位再相加，合计就与次序无关。

## 指标
policy-indicator-unit = 「{ $indicator }」没有单位。请写 money、ratio、count、days、months、years、points，或自定单位。
policy-indicator-decimals = 「{ $indicator }」没有写小数位。显示的值就是评分的值，请写 decimals。
policy-indicator-missing-rule = 指标没有写明缺失时如何处理。请写 missing = "refuse"、"worst"、"reweight" 或 { "{" } points = n { "}" }。
policy-indicator-scoring = 指标没有写明如何打分，请添加其一：{ $ways }。
policy-indicator-scoring-twice = 指标同时有几种打分方式：{ $ways }。请保留一种。
policy-judged-formula = 定性指标由人评分，没有公式，请去掉。
policy-interpolate-bands = 只有分档才能插值，请去掉 interpolate。
policy-points-range = 分值 { $points } 应在 0 到 100 之间，小数不超过四位。
policy-map-empty = 对照表为空，请写出文字与分值。
policy-map-text = 对照表按文字打分，而公式得出{ $found }。数字请用分档。
policy-bands-number = 分档按数字打分，而公式得出{ $found }。文字请用对照表，或用 case 得出数字。
policy-map-unmapped = 这些取值可能出现但没有分值：{ $texts }，将视为缺失。
policy-map-unmapped-help = 请加入对照表，或写 otherwise。
policy-levels-few = 定性指标至少要有两个档次。
policy-levels-order = 档次从最好的写起，而「{ $level }」的分值不低于前面的「{ $before }」。请调整次序或分值。
policy-reconcile-min = 至少要有一位专家，请写 1 或以上。
policy-reconcile-spread = 按共识汇总须写 spread：意见最多可相差几分。

## 分档
policy-bands-empty = 没有分档。请从低到高书写，最后一档不写上限。
policy-band-two-ends = 一档只有一个上限：below 不含本数，up_to 含本数。请保留一个。
policy-band-points-pair = 分值写一个数，或两个数：下限处与上限处。
policy-band-points-flat = 写两个分值须在指标上写 interpolate = true；否则请只写一个数。
policy-band-endless = 第 { $position } 档没有上限，后面的档永远到不了，请写上限。
policy-band-gap-above = 最后一档到 { $end } 为止，更高的值没有分值。
policy-band-gap-above-help = 请去掉上限，或再加一个不写上限的档。
policy-band-gap-below = 第一档从 { $from } 开始，更低的值没有分值，请去掉 from。
policy-band-gap = 本档从 { $from } 开始，前一档到 { $before } 为止，中间没有分值，请使两者相接。
policy-band-overlap = 本档从 { $from } 开始，而前一档到 { $before } 才结束，两者重叠，请使两者相接。
policy-band-disorder = 分档须由低到高，而 { $end } 写在 { $before } 之后，请调整次序。
policy-band-repeated = 前一档已到 { $before } 为止，本档没有任何值。请改上限或删去本档。
policy-band-rounded = 按 { $decimals } 位小数，{ $end } 与 { $before } 是同一界限，本档没有任何值。请增加小数位或改上限。
policy-band-finer = { $number } 的小数多于指标的 { $decimals } 位，界限落在两个显示值之间。请取整，或增加指标的小数位。
policy-band-open = 首档与末档一端开放，分值不能插值，请只写一个数。
policy-band-inexact = 插值从界限到界限，而此处界限的小数多于指标的 { $decimals } 位。请取整，或增加指标的小数位。
policy-band-below-range = 公式的值不会小于 { $end }，本档永远用不到。请删去本档或核对公式。
policy-band-above-range = 公式的值不会大于 { $end }，本档永远用不到。请删去本档或核对公式。
policy-better-higher = 声明为越高越好，但数值上升时分值从 { $before } 降到 { $points }。
policy-better-lower = 声明为越低越好，但数值上升时分值从 { $before } 升到 { $points }。
policy-better-help = 请改分值或 better 的方向；若居中最好，写 better = "neither"。

## 标准值表
policy-table-better = 按标准值表分档须知「{ $indicator }」的方向，请写 better = "higher" 或 "lower"。
policy-table-no-fallback = 标准值表「{ $table }」中「{ $indicator }」没有各键均为「{ $otherwise }」的行。请添加，使每个客户都有行可用。
policy-table-key-count = 该表有 { $wanted } 个键，此处写了 { $found } 个，请每个键写一个度量。
policy-table-key-text = 「{ $name }」不是文字，不能用来选行，请用文字度量。
policy-table-edge-finer = 界限 { $number } 的小数多于指标的 { $decimals } 位，请取整或增加指标的小数位。
policy-table-edges-fall = 界限从最好的写起，此处越高越好：{ $edge } 应小于 { $before }。
policy-table-edges-rise = 界限从最好的写起，此处越低越好：{ $edge } 应大于 { $before }。
policy-table-points = 标准值表没有分值。请从最好的写起，每个界限一个。
policy-table-points-fall = 表的分值从最好的写起，而 { $points } 高于前面的 { $before }，请调整次序。
policy-table-row-keys = 此行有 { $found } 个键，而表有 { $wanted } 个，请一一对应。
policy-table-row-edges = 此行有 { $found } 个界限，而表有 { $wanted } 个分值，请一一对应。
policy-table-row-twice = 「{ $indicator }」已有 { $keys } 的行，请保留一行。
policy-table-row-unused = 「{ $indicator }」没有按此表分档，此行不起作用。

## 权重
policy-weight-range = 权重 { $weight } 超出范围。请写正数，小数不超过四位，最大 10 000。
policy-weight-lacking = 「{ $id }」没有权重。
policy-weight-lacking-help = 请写 weight，或用 derivation 推导其维度的权重。
policy-weight-dimension-help = 请写 weight，用 derivation 推导，或在 [score] 中自行声明得分。
policy-weight-idle = 标准已自行声明得分，「{ $id }」的权重不起作用，请去掉。
policy-weights-sum = 「{ $family }」的权重合计为 { $sum }，而不是 { $wanted }。
policy-weights-sum-help = 请改正；若本就合计为其他数，请在文件开头写 weights_of。权重按比例使用。
policy-weights-too-great = 「{ $id }」的权重合计超过 10 000。请写小些，权重只看比例。
policy-dimension-empty = 维度「{ $dimension }」没有指标。请添加指标或删去维度。
policy-dimension-unweighed = 维度「{ $dimension }」不在任何得分中，其指标不起作用。请加入得分或删去。
policy-score-decimals = 得分的小数位为 0 到 4，而不是 { $decimals }。
policy-score-empty = 得分「{ $score }」没有任何维度，请至少写一个。
policy-ahp-size = 判断矩阵有 { $rows } 行，而项目有 { $items } 个，请一一对应。
policy-ahp-no-judge = 没有评判人，请至少给出一个判断矩阵。
policy-ahp-inconsistent = 两两比较互相矛盾：一致性比率为 { $ratio }，超过 0.10。
policy-ahp-inconsistent-judge = 「{ $judge }」的两两比较互相矛盾：一致性比率为 { $ratio }，超过 0.10。
policy-ahp-inconsistent-help = 请查找这样的三项：甲优于乙、乙优于丙，而甲与丙的比较不相称，重新评判。
policy-derivation-count = { $items } 个项目有 { $weights } 个权重，请一一对应。
policy-derivation-sum = 冻结的权重合计应恰为 100，现为 { $sum }。请照 pinji policy weigh 的输出填写。
policy-derivation-of-help = 请写 of = "dimensions"，或要推导其指标权重的维度编号。
policy-derivation-item = 「{ $item }」不属于「{ $of }」，请改正名称或去掉。
policy-derivation-lacks = 「{ $item }」属于这一组却没有参与比较，请加入 items。
policy-derivation-twice = 「{ $item }」的权重由推导得出，不能再写，请去掉。
policy-hash-form = 这不是 SHA-256 值：应为 64 位十六进制数。

## 条件
policy-condition-not-a-test = 这不是判断。请与常量比较，例如 "total >= 80"。
policy-condition-null = 条件中请用 is missing 或 is not missing 判断缺失。
policy-condition-operand = 条件中不能用「{ $found }」：此处须为得分、指标、度量或所用标准的名称。
policy-condition-operand-help = 条件只把一个值与常量比较，这样才能证明。需要先计算的，请声明为度量。
policy-condition-two = 两边都不是常量。条件只把一个值与常量比较。
policy-condition-constants = 两边都是常量，结果固定不变，请写一个名称。
policy-condition-constant = 「{ $name }」是参数，属于常量，无可判断。
policy-condition-dimension = 「{ $name }」是维度，而规则只看得分。请为它声明得分，例如在 [score] 中写 { $example }。
policy-condition-opaque = 定性指标与对照表指标只能判断是否缺失。请比较其所用的文字度量，或比较得分。
policy-condition-grade = at_most、at_least 用于比较所用标准的等级；数字请用 >= 或 <=。
policy-condition-grade-order = 等级自有次序，请写 at_most 或 at_least。
policy-condition-text-order = 文字没有大小，请用 =、<> 或 in。
policy-condition-finer = { $number } 的小数多于该值的 { $decimals } 位，落在两个显示值之间，请取整。
policy-condition-not-null = 「{ $name }」可能缺失，缺失时本条件及其反面都不成立。
policy-condition-not-null-help = 请写明缺失算什么，如 "{ $instead }"；或不用 not，把比较反过来写。

## 等级、封顶与保底
policy-grade-no-when = 「{ $grade }」没有条件，只有最后一个等级可以不写，请写 when。
policy-grade-last-when = 最后一个等级收纳其余所有客户，不写条件。请去掉 when，或再加一个等级。
policy-grade-never = 没有客户能满足此条件，「{ $grade }」不会由规则给出。请与分值可达的范围核对。
policy-grade-shadowed = 凡满足此条件者都已满足「{ $by }」的条件，「{ $grade }」不会由规则给出。
policy-grade-shadowed-help = 规则从最好的等级试起。请收紧前面的条件，或放宽此条件。
policy-grade-covered = 凡满足此条件者都已满足前面某一条件，「{ $grade }」不会由规则给出。请收紧前面的条件，或放宽此条件。
policy-grade-last-never = 前面的条件没有留下任何客户，「{ $grade }」不会由规则给出。请核对是否有条件过宽。
policy-bound-never = 「{ $id }」的条件永远不成立，请与取值范围核对。
policy-cap-idle = 「{ $id }」封顶到最好的等级，不起作用，请写较低的等级。
policy-floor-idle = 「{ $id }」保底到最后的等级，不起作用，请写较高的等级。
policy-cap-floor = 封顶「{ $cap }」与保底「{ $floor }」可能同时适用于一个客户，且方向相反。
policy-cap-floor-help = 以封顶为准。若本意如此，请在保底条件中排除这些客户。

## 保证
policy-statement-help = 保证的写法：条件 implies grade at_most 'g' · 条件 implies grade at_least 'g' · monotone in 名称 · independent of 名称 · reachable 'g'。
policy-statement-expects-in = in 与名称
policy-statement-expects-of = of 与名称
policy-statement-expects-implies = implies grade at_most '…'
policy-statement-expects-grade = grade
policy-statement-expects-side = at_most 或 at_least
policy-statement-unknown = 没有名为「{ $name }」的指标或度量，请改正名称。
policy-statement-unknown-field = 没有名为「{ $name }」的度量或记录字段，请改正名称。

## 其他部分
policy-unused-measure = 度量「{ $name }」没有用到。
policy-unused-parameter = 参数「{ $name }」没有用到。
policy-unused-table = 标准值表「{ $name }」没有用到。
policy-unused-alias = 所用标准「{ $name }」的等级没有用到。
policy-unused-help = 请去掉，或在应当使用之处使用。
policy-parameter-no-value = 参数「{ $name }」在 { $date } 没有取值。请添加一个不写 from 或日期更早的取值。
policy-on-date = 自 { $date } 参数变化起如此。
policy-parameter-empty = 参数「{ $name }」没有取值，请至少添加一个。
policy-parameter-order = 「{ $name }」的取值须按日期先后排列，只有第一个可以不写日期，请调整次序。
policy-rate-positive = 汇率须为正数：一单位外币折合多少本标准货币。
policy-rate-own = { $currency } 就是本标准的货币，不需要汇率，请去掉。
policy-rate-twice = { $currency } 在 { $date } 已有汇率，请保留一个。
policy-rate-missing = { $currency } 在 { $date } 没有汇率。请加入标准的汇率表；绝不按 1 折算。
policy-rate-range = 按 { $date } 的汇率折算 { $currency } 后超出精确范围，请核对金额与汇率。
policy-group-bound = 「{ $text }」不是限制写法。不高于集团写 "group"，最多高一级写 "group + 1"。
policy-group-of-group = 集团标准不再有上级集团，请去掉 [group]。
policy-group-subject = 「{ $policy }」评的是客户而不是集团，请写 subject = "group" 的标准。
policy-group-scale = 集团约束要比较等级，而两个标尺不同：此处 { $here }，「{ $policy }」中 { $there }。请统一。
policy-group-idle = 成员可比集团高 { $notches } 级，而标尺只有 { $grades } 级：此约束永不生效。请减少级数，或去掉 [group]。
policy-quorum-range = 法定人数 { $quorum } 与席位数 { $seats } 不符。
policy-majority-form = 「{ $majority }」不是表决比例。请写 "simple"，或不低于二分之一的分数，如 "2/3"。
policy-review-incomplete = 缺少 { $keys }，这一部分等于没有规定，请补上。
policy-confirmed-by = 下调至少由 1 个批次确认，请写 1 或省略。
policy-without-committee = 调整至多 { $notches } 级，不能由双人认定 { $alone } 级。请调低，或提高 `notches`。
policy-example-unknown = 不能给定「{ $name }」：它不是度量、定性指标或所用标准。
policy-example-unknown-help = 示例只给定度量，其余由此算出。
policy-example-derived = 「{ $name }」由度量算出，不能给定，请给出其度量。
policy-example-type = 「{ $name }」应为{ $wanted }，请改正。
policy-example-level = 「{ $name }」由人评判：请给出 0 到 100 的分值，或其档次之一：{ $levels }。
policy-example-empty = 示例没有预期结果，等于没有检验。请写 grade、scores 或 caps。

## proofs, examples, differences

policy-ahp-empty = 判断矩阵是空的。请为每个对象各写一行一列。
policy-ahp-square = 判断矩阵第 { $row } 行有 { $found } 个数，而矩阵共 { $wanted } 行。请每行都写 { $wanted } 个数。
policy-ahp-positive = 第 { $row } 行第 { $column } 列写着「{ $value }」。比较值应为正数，通常在 1/9 到 9 之间。
policy-ahp-diagonal = 第 { $row } 行第 { $column } 列写着「{ $value }」。对象与自身比较应为 1。
policy-ahp-reciprocal = 第 { $row } 行第 { $column } 列写着「{ $value }」，反过来却是「{ $back }」。两者须互为倒数（误差 1% 以内）。

policy-prove-unreadable = 读不懂这条保证。请写「COND implies grade at_most 'g'」「COND implies grade at_least 'g'」「monotone in NAME」「independent of NAME」或「reachable 'g'」。
policy-prove-direction = 没有指标说明「{ $measure }」是大好还是小好。请对某个指标作此保证，由它的 better 说明方向。

policy-example-date = 这个示例没有评级日期。请给示例写 as_of，或给标准写 effective。
policy-example-uncompiled = 标准在这个示例的日期不能使用，原因见「pinji policy check」。
policy-example-unknown-name = 「{ $name }」不是本标准的度量、评判指标或所用评级的别名。请改正名称或删去。
policy-example-unfit = 「{ $name }」不能是「{ $value }」。请给出与度量类型相符的值；由人评判的指标可写档次或分值。
policy-example-grade = 等级
policy-example-score = 得分 { $score }
policy-example-caps = 生效的封顶

policy-diff-policy = { $what }：{ $old } → { $new }。
policy-diff-what-id = 编号
policy-diff-what-version = 版本
policy-diff-what-name = 名称
policy-diff-what-purpose = 目的
policy-diff-what-effective = 生效日期
policy-diff-what-currency = 货币
policy-diff-what-coverage = 每个得分须有数据的权重比例
policy-diff-what-subject = 评级对象
policy-diff-customers = 客户
policy-diff-groups = 集团客户
policy-diff-none = 无
policy-diff-yes = 是
policy-diff-no = 否

policy-diff-added = 新增{ $what }{ $name }。
policy-diff-removed = 取消{ $what }{ $name }。
policy-diff-a-parameter = 参数
policy-diff-a-measure = 度量
policy-diff-a-use = 所用评级
policy-diff-a-table = 标准值表
policy-diff-a-derivation = 权重来源
policy-diff-a-rate = 汇率
policy-diff-a-kind = 记录种类
policy-diff-a-field = 字段
policy-diff-parameter = 参数{ $name }：{ $what } { $old } → { $new }。
policy-diff-measure = 度量{ $name }：{ $what } { $old } → { $new }。每个客户的数值都可能不同。
policy-diff-use = 以 { $name } 引用的评级：{ $what } { $old } → { $new }。
policy-diff-rate = 汇率 { $name }：{ $what } { $old } → { $new }。该币种的金额随之变化。
policy-diff-field = 字段{ $name }：{ $what } { $old } → { $new }。
policy-diff-derivation = { $name } 的权重：{ $what } { $old } → { $new }。
policy-diff-table = 标准值表{ $name }：{ $what } { $old } → { $new }。影响所有取自该表的指标。
policy-diff-table-row = 标准值表{ $name }，{ $row }：各档界限 { $old } → { $new }。该类客户按新界限衡量。
policy-diff-what-values = 取值
policy-diff-what-kind = 记录
policy-diff-what-take = 取法
policy-diff-what-value = 数值
policy-diff-what-where = 条件
policy-diff-what-period = 期间
policy-diff-what-members = 成员合并方式
policy-diff-what-accounts = 报表口径
policy-diff-what-complete = 缺数据的成员
policy-diff-what-policy = 标准
policy-diff-what-type = 类型
policy-diff-what-points = 分值
policy-diff-what-derivation = 来源
policy-diff-take-given = 随客户给出
policy-diff-take-latest = 取最新一条
policy-diff-take-aggregate = 期间内合并计算

policy-diff-dimension = 维度{ $name }：{ $what } { $old } → { $new }。
policy-diff-dimension-added = 新增维度{ $name }，其余权重的占比随之下降。
policy-diff-dimension-removed = 取消维度{ $name }，其余权重的占比随之上升。
policy-diff-what-weight = 权重
policy-diff-indicator = { $name }：{ $what } { $old } → { $new }。
policy-diff-indicator-added = 新增指标{ $name }，占本维度 { $share }，每个客户都须提供。
policy-diff-indicator-removed = 取消指标{ $name }，原占本维度 { $share }，今后不再计分。
policy-diff-weight = { $name }：权重 { $old } → { $new }，在本维度中由 { $before } 变为 { $after }。
policy-diff-share = { $name }：因其他权重变动，在本维度中由 { $before } 变为 { $after }。
policy-diff-what-means = 含义
policy-diff-what-clause = 条款
policy-diff-what-dimension = 维度
policy-diff-what-formula = 公式
policy-diff-what-unit = 单位
policy-diff-what-decimals = 小数位数
policy-diff-what-better = 方向
policy-diff-better-higher = 越高越好
policy-diff-better-lower = 越低越好
policy-diff-better-neither = 不分高低
policy-diff-what-scoring = 计分方式
policy-diff-by-bands = 分档
policy-diff-by-table = 标准值表
policy-diff-by-map = 文字对照
policy-diff-by-judges = 由人评判
policy-diff-what-interpolate = 档内计分
policy-diff-interpolated = 按数值插值
policy-diff-stepped = 同档同分
policy-diff-what-table = 标准值表
policy-diff-what-key = 选表依据
policy-diff-what-otherwise = 其余所用的词
policy-diff-what-unlisted = 未列出的文字
policy-diff-missing = 视为缺失
policy-diff-what-judges = 评判人
policy-diff-what-fresh = 意见有效期
policy-diff-what-reconcile = 意见汇总方式
policy-diff-what-experts = 最少专家人数
policy-diff-what-spread = 意见最大分差
policy-diff-mean = 平均
policy-diff-median = 中位数
policy-diff-consensus = 一致
policy-diff-fewer = { $name }{ $range }的客户少得 { $points } 分。
policy-diff-more = { $name }{ $range }的客户多得 { $points } 分。
policy-diff-other = { $name }{ $range }的客户得分有变（{ $points }）。
policy-diff-between = { $low }且{ $high }
policy-diff-from = 不低于 { $value }
policy-diff-above = 高于 { $value }
policy-diff-below = 低于 { $value }
policy-diff-up-to = 不高于 { $value }
policy-diff-any = 为任何值
policy-diff-band-names = { $name }：各档名称有变，分值不变。
policy-diff-text-fewer = { $name }为「{ $text }」的客户少得 { $points } 分（{ $old } → { $new }）。
policy-diff-text-more = { $name }为「{ $text }」的客户多得 { $points } 分（{ $old } → { $new }）。
policy-diff-text-added = { $name }新增「{ $text }」，{ $new } 分。
policy-diff-text-removed = { $name }取消「{ $text }」，原为 { $old } 分。
policy-diff-level-words = { $name }的「{ $text }」一档：文字有变，分值不变。
policy-diff-missing-rule = 缺少{ $name }的客户：{ $old } → { $new }。
policy-diff-missing-refuse = 不予评级
policy-diff-missing-worst = 按最低分
policy-diff-missing-reweight = 权重分给其他指标
policy-diff-missing-points = 得 { $points } 分

policy-diff-score = 得分{ $name }：{ $what } { $old } → { $new }。
policy-diff-score-weight = 得分{ $name }：{ $dimension }的权重 { $old } → { $new }。
policy-diff-score-added = 新增得分{ $name }。
policy-diff-score-removed = 取消得分{ $name }。
policy-diff-what-order = 等级由高到低
policy-diff-grade = 等级{ $name }：{ $what } { $old } → { $new }。
policy-diff-grade-added = 新增等级{ $name }，条件：{ $when }。
policy-diff-grade-removed = 取消等级{ $name }，原条件：{ $when }。
policy-diff-grade-when = 等级{ $name }的条件由「{ $old }」改为「{ $new }」。
policy-diff-what-class = 类别
policy-diff-what-review = 复审间隔
policy-diff-entitlement = { $name }客户的权益 { $entitlement }：{ $old } → { $new }。
policy-diff-cap = 封顶「{ $id }」：「{ $old_when }」时最高{ $old } → 「{ $new_when }」时最高{ $new }。
policy-diff-cap-added = 新增封顶「{ $id }」：「{ $when }」的客户最高{ $grade }（{ $reason }）。
policy-diff-cap-removed = 取消封顶「{ $id }」：「{ $when }」的客户原最高{ $grade }（{ $reason }）。
policy-diff-floor = 保底「{ $id }」：「{ $old_when }」时最低{ $old } → 「{ $new_when }」时最低{ $new }。
policy-diff-floor-added = 新增保底「{ $id }」：「{ $when }」的客户最低{ $grade }（{ $reason }）。
policy-diff-floor-removed = 取消保底「{ $id }」：「{ $when }」的客户原最低{ $grade }（{ $reason }）。
policy-diff-bound = 「{ $name }」：{ $what } { $old } → { $new }。
policy-diff-what-reason = 理由
policy-diff-guarantee-added = 新增保证：「{ $says }」。
policy-diff-guarantee-removed = 不再保证：「{ $says }」。
policy-diff-what-group = 集团约束
policy-diff-group-rule = 至多比集团在「{ $policy }」下的等级高 { $notches } 级
policy-diff-what-seats = 委员会席位
policy-diff-what-quorum = 法定人数
policy-diff-what-majority = 通过比例
policy-diff-what-notches = 等级调整的级数上限
policy-diff-what-expires = 等级调整的有效期
policy-diff-what-second = 等级调整须第二人
policy-diff-what-appeal = 复议期限
policy-diff-what-answer = 复议答复期限
policy-diff-what-secret = 无记名表决
policy-diff-what-majority-of = 计票基数
policy-diff-of-votes = 投同意或反对票者
policy-diff-of-present = 参加者
policy-diff-of-seats = 全体席位
policy-diff-what-casting = 票数相等时由主任裁决
policy-diff-what-circulation = 书面表决期限
policy-diff-what-reasons = 等级调整理由
policy-diff-what-alone = 不经委员会的调整级数
policy-diff-what-emergency = 紧急调整有效期
policy-diff-what-confirmed = 下调前的连续批次数
policy-diff-what-cool-down = 降级冷却期
policy-diff-what-lane-notches = 快速通道：级数
policy-diff-what-lane-first = 快速通道：首次评级
policy-diff-what-lane-never = 快速通道：例外等级
policy-diff-what-lane-coverage = 快速通道：最低覆盖率
