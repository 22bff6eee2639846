### 命令行、用例与工作簿的语句。

## 进度
app-stage-sample = 生成样例账册
app-stage-read = 读取数据
app-stage-measure = 计算度量
app-stage-grade = 评级
app-stage-write = 写出结果
app-stage-compare = 逐字节比较
cli-progress-rate = 每秒 { $rate } · 剩余 { $left }

## 错误与拒绝
cli-error = 错误：
cli-warning = 警告：
cli-note = 提示：
cli-help = 建议：
cli-cannot-print = 无法写到标准输出：{ $why }
cli-cannot-read-stdin = 无法读取标准输入：{ $why }
app-policy-has-errors = 分级标准有 { $n } 处错误，不能使用。请按上面的提示修改后再试。
app-bad-cells = 数据中有 { $n } 个单元格无法读取，未评级，也未写出任何结果。请改正后重试，或用 --skip-bad-rows 略去这些行。
app-no-row-left = 略去有问题的行后，「{ $file }」不剩任何一行；未评级，也未写出任何内容。请更正上列的单元格
app-lacking = 标准要用的数据缺少 { $n } 项；未评级，也未写出任何内容
app-without-unknown = --without：标准不用「{ $id }」；请写度量、记录种类，或“种类.字段”
app-without-unknown-near = --without：标准不用「{ $id }」，是否指「{ $near }」？
app-note-without-needless = --without「{ $id }」并不需要：数据中有，已照常读取
app-note-no-groups = 没有列说明客户所属集团，因此未按集团等级约束成员（`customer.group`）
app-note-no-group-grade = 数据表未给出集团等级，因此未按集团等级约束成员（可用 `group_grade` 列给出）
app-note-marked-removed = 已删除「{ $path }」：其中是此前被拒时的标注副本
app-customer-left-out = 「{ $customer }」没有评级，其所在行已略去：{ $rows }
app-left-row = { $file } 第 { $row } 行：{ $cells }
app-left-cell = { $cell }（{ $heading }）写的是「{ $says }」：{ $why }
app-cannot-read = 无法读取「{ $path }」：{ $why }
app-cannot-write = 无法写入「{ $path }」：{ $why }
app-out-needs-name = 「{ $path }」不能作为输出文件夹：请用 --out 给出一个文件夹名。
app-out-is-a-file = 「{ $path }」已存在且不是文件夹。请用 --out 另选位置。
app-not-a-run = 「{ $path }」不是评级批次的文件夹，不予覆盖。请用 --out 另选位置。
app-not-a-demo = 「{ $path }」不是演示文件夹，不予覆盖。请用 --out 另选位置。
app-stranger-in-run = 「{ $path }」中有不属于该批次的文件「{ $file }」，不予覆盖。请移走该文件或另选 --out。
app-no-run-here = 「{ $path }」中没有 run.json，不是评级批次的文件夹。
app-run-json-broken = 「{ $path }」无法解析：{ $why }
app-run-of-other-form = 该批次的格式版本为 { $form }，本程序不认识。请使用生成它的版本。
app-run-without-date = run.json 中的基准日「{ $value }」不是日期。
app-run-without-snapshot = 「{ $path }」没有保存快照（直通评级只保留等级），无法从中重新推导。请不带 --write grades 重新评级。
app-says-unclear = 无法就「{ $says }」求证：{ $why }
app-policy-not-yet = 标准「{ $policy }」自 { $effective } 起生效，{ $as-of } 尚未施行
app-verify-needs-data = 「{ $path }」是直通评级的结果，没有保存快照；请用 --data 给出原始数据再验证。
app-verify-needs-linked = 本批次从原处读取了「{ $kind }」类记录；请用 --linked { $kind }=路径 指明其现在的位置。
app-verify-not-linked = 本批次未读取「{ $kind }」类链接记录；以链接方式读取的有：{ $known }。
app-verify-linked-without-data = 链接记录须与其余数据一同重新计算；请用 --data 给出其余数据。
app-no-straight-path = 「{ $path }」不能直通评级，与该批次的数据形式不同。
app-verify-other-data = 这不是该批次读取的文件：它有 { $bytes } 字节，sha256 为 { $sha256 }；该批次读取的有 { $read-bytes } 字节，sha256 为 { $read-sha256 }
app-verify-not-graded = 这就是该批次读取的数据，却不能按 run.json 所述评级
app-path-outside-run = run.json 中的路径「{ $path }」指向文件夹之外。
app-no-policy = 没有可用的分级标准。
app-no-such-policy = 找不到分级标准「{ $path }」：没有这个文件，也不是随附标准（{ $names }）。
app-used-policy-missing = 所用评级「{ $alias }」没有结果。
app-no-such-money = 「{ $measure }」不是该标准的数值度量，不能用作 --money。
app-no-such-customer = 该批次中没有客户「{ $customer }」。
app-no-such-customer-near = 该批次中没有客户「{ $customer }」。是否要找：{ $near }
app-no-such-dimension = 该标准没有维度「{ $dimension }」。可用：dimensions, { $names }
app-other-subjects = 两个批次的评级对象不同（客户与集团），无法比较。
app-snapshot-lacks = 该批次的快照缺少另一标准需要的 { $n } 项度量：{ $measures }。请改用 --policy、--data、--as-of 从原始数据模拟。
app-file-exists = 「{ $path }」已存在，不予覆盖。请换一个文件名。
app-no-counterexample = 没有可写出的反例：所有命题都未被否定。

## 命令行用法
usage-unknown-argument = 没有参数「{ $what }」
usage-unknown-command = 没有子命令「{ $what }」
usage-missing-command = 缺少子命令
usage-missing-argument = 缺少必需的参数：{ $what }
usage-conflict = 「{ $what }」不能与「{ $other }」同时使用
usage-twice = 「{ $what }」只能给出一次
usage-no-value = 「{ $what }」需要一个值
usage-too-many-values = 「{ $what }」的值太多
usage-bad-value = 「{ $value }」不能作为「{ $what }」的值
usage-not-text = 参数含有无法识别的字符
usage-did-you-mean = 是否要用「{ $what }」？
usage-valid-values = 可用的值：{ $what }
usage-expects-date = 应为日历中存在的日期，如 2025-12-31
usage-expects-address = 应为带端口的地址，如 127.0.0.1:8080
usage-expects-ip = 应为网络地址，如 10.0.0.2
usage-expects-origin = 应为人员输入的地址，如 https://pinji.example，不含路径
usage-expects-instant = 应为时刻，如 2026-01-10T00:00:00Z
usage-expects-linked = 应为记录种类与路径，如 transaction=/ledgers/transactions
usage-expects-number = 应为范围内的整数
usage-see-help = 用 --help 查看示例与全部选项。

## 帮助
help-heading-examples = 示例：
help-heading-usage = 用法：
help-heading-commands = 命令
help-heading-arguments = 参数
help-heading-options = 选项
help-heading-common = 通用选项
help-exit-codes =
    退出码：
      0  完成；答案为“是”
      1  答案为“否”：检查有错误、数据有坏单元格、验证不一致、保证被否定、示例不符
      2  未能完成：用法错误、文件无法读写
help-arg-lang = 界面语言 zh 或 en；也可用 PINJI_LANG，缺省按系统区域设置
help-arg-json = 以 JSON 输出到标准输出，供程序读取
help-arg-plain = 不用颜色、图形字符和进度条（也尊重 NO_COLOR）
help-arg-quiet = 不输出提示，只输出结果
help-arg-help = 显示帮助
help-arg-version = 显示版本
help-arg-policy = 分级标准文件，或随附标准的名称；“-”为标准输入
help-arg-data = 数据：一个 .xlsx、.csv、.csv.gz 或 .parquet 文件，或装有记录文件的文件夹
help-arg-as-of = 基准日 YYYY-MM-DD；此后才知道的一概不计
help-arg-maps = 补充列对应，如 “纳税额=revenue*10000”、“資料年月=period:roc”；可重复
help-arg-skip-bad-rows = 略去含坏单元格的行，而不是全部停止
help-arg-without = 允许数据缺少的项：度量、记录种类或“种类.字段”，用逗号分隔
help-arg-threads = 线程数；缺省用全部处理器
help-arg-memory = 计算度量可用的内存（MiB），超出部分写临时文件；缺省 2048
help-arg-money = 表示客户价值的度量；缺省取营业收入、销售或采购类金额
help-arg-run = 评级批次的文件夹
help-arg-top = 列出多少家变动客户；缺省 20
help-arg-file = 分级标准文件，或随附标准的名称；“-”为标准输入
help-arg-files = 分级标准文件，或随附标准的名称
help-pinji = 品级：按成文的标准给企业客户评级，公平、可解释、可复现。
help-pinji-examples =
    pinji demo
    pinji rate --policy tob-standard --data 客户资料 --as-of 2025-12-31 --out 评级结果
    pinji explain 评级结果 C0042
    pinji verify 评级结果
help-rate = 评级：读入客户数据与分级标准，写出等级、理由、工作簿与报告
help-rate-examples =
    pinji rate --policy tob-standard --data 客户资料 --as-of 2025-12-31 --out 评级结果
    pinji rate -p my-policy.toml -d 客户.xlsx --as-of 2025-12-31 -o 本期 --previous 上期
    pinji rate -p wholesale-rfm -d 订单.csv --as-of 2011-12-10 -o rfm --skip-bad-rows
    pinji rate -p big.toml -d customers.parquet --as-of 2025-12-31 -o big --write grades
help-rate-out = 结果文件夹；写完才出现，已有的批次文件夹整体替换
help-rate-previous = 上一批次的文件夹，报告据此列出变动
help-rate-write = all 全部；grades 只写等级，不写工作簿、明细与报告
help-rate-dry-run = 全部算一遍但不写出
help-verify = 验证：由批次保存的快照与标准重新推导，逐字节比较，指出差异所在
help-verify-examples =
    pinji verify 评级结果
    pinji verify 评级结果 --data 客户资料
    pinji verify 评级结果 --json
help-verify-data = 原始数据；给出时连度量也重新计算
help-verify-linked = 链接种类的记录现在所在之处（文件夹或单个文件），与 --data 一同使用
help-verify-all = 列出全部差异之处，不止前十二处
help-explain = 解释一家客户的等级：理由、算式、升降级路径，一屏说清
help-explain-examples =
    pinji explain 评级结果 C0042
    pinji explain 评级结果 某某有限公司
    pinji explain 评级结果 C0042 --json
help-explain-customer = 客户编号，或完整的客户名称
help-simulate = 模拟：换一个标准会怎样，谁升谁降、为什么、涉及多少金额
help-simulate-examples =
    pinji simulate 评级结果 --against 修订稿.toml
    pinji simulate --policy 现行.toml --against 修订稿.toml --data 客户资料 --as-of 2025-12-31
help-simulate-run = 评级批次的文件夹：以其标准与快照为准
help-simulate-policy = 现行标准；与 --data、--as-of 一起使用
help-simulate-against = 要试的标准
help-compare = 比较两个批次：迁移矩阵、变动客户及原因
help-compare-examples =
    pinji compare 上期 本期
    pinji compare 上期 本期 --top 50 --json
help-compare-before = 前一批次的文件夹
help-compare-after = 后一批次的文件夹
help-demo = 演示：生成一家公司的样例账册并评级
help-demo-examples =
    pinji demo
    pinji demo --out /tmp/演示 --customers 500
    pinji demo --lang en
help-demo-out = 演示文件夹；缺省 pinji-demo
help-demo-customers = 客户数；缺省 2000
help-demo-seed = 随机种子；同一种子总是同一账册
help-policy = 分级标准：检查、测试、证明、解释、印刷、比较
help-policy-examples =
    pinji policy new 我的标准.toml
    pinji policy check 我的标准.toml
    pinji policy prove 我的标准.toml
    pinji policy print 我的标准.toml --format html --out 标准.html
help-policy-check = 检查：一次列出全部问题及其位置
help-policy-check-examples =
    pinji policy check 我的标准.toml
    pinji policy check policies/tob-standard.toml --json
    cat 草稿.toml | pinji policy check -
help-policy-test = 测试：运行标准自带的示例
help-policy-test-examples =
    pinji policy test 我的标准.toml
    pinji policy test tob-standard credit-nine-level
help-policy-prove = 证明：证明标准中的保证，或给出反例
help-policy-prove-examples =
    pinji policy prove tob-standard
    pinji policy prove 我的标准.toml --says "monotone in net_margin" --counterexample 反例.csv
help-policy-prove-says = 要证明的命题，代替文件中的保证；可重复
help-policy-prove-as-of = 以哪一天的参数为准；缺省为生效日期
help-policy-prove-nodes = 每个命题最多考察多少个区域
help-policy-prove-counterexample = 把反例写成宽表 CSV，可直接用 rate 确认
help-policy-explain = 解释：用文字说明标准的内容
help-policy-explain-examples = pinji policy explain tob-standard
help-policy-print = 印刷：生成供发布的双语文档
help-policy-print-examples =
    pinji policy print 我的标准.toml --format html --out 标准.html
    pinji policy print tob-standard > 标准.md
help-policy-print-format = markdown 或 html；缺省 markdown
help-policy-print-out = 写入文件；缺省为标准输出
help-policy-diff = 比较两个版本：用文字说明改了什么、影响谁
help-policy-diff-examples = pinji policy diff 2025.toml 2026.toml
help-policy-diff-before = 原版本
help-policy-diff-after = 新版本
help-policy-schema = 输出标准文件的 JSON Schema，供编辑器使用
help-policy-schema-examples = pinji policy schema > policy.schema.json
help-policy-new = 新建：以随附标准为底稿写一个新文件
help-policy-new-examples =
    pinji policy new 我的标准.toml
    pinji policy new rfm.toml --from wholesale-rfm
help-policy-new-file = 要新建的文件；已存在则不覆盖
help-policy-new-from = 底稿：tob-standard（缺省）、group-standard、credit-nine-level、wholesale-rfm、small
help-policy-weigh = 熵权：由真实数据计算权重，输出可冻结进标准的片段
help-policy-weigh-examples =
    pinji policy weigh 我的标准.toml --data 客户资料 --as-of 2025-12-31
    pinji policy weigh 我的标准.toml -d 客户资料 --as-of 2025-12-31 --of financial >> 我的标准.toml
help-policy-weigh-of = dimensions（各维度，缺省）或某个维度（其各指标）
help-serve = 服务：开放办公室供人员和程序使用，直到收到结束信号（SIGTERM、Ctrl-C）
help-serve-examples =
    pinji serve --folder office
    pinji serve -f office --listen 0.0.0.0:8080 --origin https://pinji.example --proxy 10.0.0.2
    pinji serve -f office --database postgres://pinji@db.example/pinji --origin https://pinji.example
help-arg-folder = 办公室的文件夹：密钥、检查点、批次，未指定数据库时也含数据库；没有则新建
help-arg-database = PostgreSQL 数据库，形如 postgres://user:password@host/name；也可用 PINJI_DATABASE，以免被本机其他用户看到
help-arg-link-roots = 链接数据可以所在的目录及其名称；可多次给出
help-serve-listen = 监听地址；默认 127.0.0.1:8080
help-serve-origin = 人员访问的地址，如 https://pinji.example；默认与 --listen 相同
help-serve-checkpoints = 存放签名检查点的文件夹，最好在另一台机器上；默认为文件夹中的 checkpoints
help-serve-checkpoint-minutes = 每隔多少分钟签一次检查点；默认 60
help-serve-proxies = 可信代理的地址，采信其 X-Forwarded-For；可重复
help-serve-company-words = 口令中不得出现的词，如公司名称；可重复
help-serve-without-second-factor = 访问规则要求第二因素之处不作要求
help-serve-log = 标准错误上日志的内容，写法同 RUST_LOG；也可用 PINJI_LOG
help-run = 批次：按某日对办公室所存的客户评级；与 POST /api/v1/runs 相同
help-run-examples =
    pinji run --folder office --policy tob-standard --as-of 2025-12-31 --by wang.fang
    pinji run -f office -p group-standard,tob-standard --as-of 2025-12-31 --by wang.fang --out graded
    pinji run -f office -p tob-standard --as-of 2025-12-31 --known-at 2026-01-10T00:00:00Z --by wang.fang
help-run-policy = 标准的编号，按顺序以逗号分隔：随附的与办公室自有的
help-run-known-at = 截至何时所知，如 2026-01-10T00:00:00Z；默认为现在
help-run-by = 以其名义发起批次的评级管理员的登录名
help-run-name = 批次名称；默认由标准与日期组成
help-run-out = 批次文件副本的文件夹；文件同时保留在办公室文件夹中
help-ledger = 台账：用签名核对所保存的内容
help-ledger-examples =
    pinji ledger verify office
    pinji ledger verify office --export ledger.jsonl
help-ledger-verify = 核验：用树和外存的检查点核对全部条目，指出问题及条目编号
help-ledger-verify-examples =
    pinji ledger verify office
    pinji ledger verify office --checkpoints /mnt/elsewhere/checkpoints --key 'pinji.example/ledger+88d63d74+Ae…'
    pinji ledger verify office --database postgres://pinji@db.example/pinji
    pinji ledger verify office --export ledger.jsonl
help-ledger-verify-folder = 办公室的文件夹
help-ledger-verify-checkpoints = 您保存的检查点（*.note）和证明（*.tlog-proof）所在文件夹；默认为办公室文件夹中的 checkpoints
help-ledger-verify-keys = 您保存的验证公钥，或存放公钥的文件；默认为文件夹中的公钥；可重复
help-ledger-verify-export = 将台账写入此文件，供 tools/verify_ledger.py 等验证程序使用
help-completions = 输出命令补全脚本：bash、zsh、fish、powershell、elvish
help-completions-examples =
    pinji completions bash > /etc/bash_completion.d/pinji
    pinji completions zsh > ~/.zfunc/_pinji
help-completions-shell = 哪种命令行：bash、zsh、fish、powershell、elvish

## 数值与单位
app-yes = 是
app-no = 否
app-separator = ；
app-nothing = （缺失）
app-value-yuan = { $value } 元
app-value-money = { $value } { $currency }
app-value-days = { $value } 天
app-value-months = { $value } 个月
app-value-years = { $value } 年
app-value-points = { $value } 分
app-unit-yuan = 元
app-unit-days = 天
app-unit-months = 月
app-unit-years = 年
app-unit-points = 分
app-band-otherwise = 其他
app-band-missing = 缺失
app-key-all = 全部
app-otherwise = 其余
app-ungraded = 未定级
app-absent = 无
app-ungraded-refused = 缺少必需的指标
app-ungraded-coverage = 数据覆盖不足
app-ungraded-no-lines = 没有可计分的指标

## 度量来源
app-source-given = 客户自身资料
app-source-latest = 最新一期{ $kind }
app-source-latest-fresh = 最新一期{ $kind }，{ $fresh }内有效
app-source-window = 近{ $over }的{ $kind }
app-source-all = 截至基准日的全部{ $kind }
app-source-members = { $source }；{ $members }
app-source-members-accounts = { $source }；{ $members }，{ $accounts }
app-member-itself = 集团自身的数据：{ $figure }，不再另计成员
app-member-own = { $member }：{ $figure }，按本身数据计入
app-member-consolidated = { $member }：{ $figure }，按合并报表计入，含其下属成员
app-member-within = { $member }：已含于「{ $above }」的合并报表
app-member-missing = { $member }：{ $cause }，没有计入
app-member-unweighted = { $member }：权重缺失或小于零，没有计入
app-member-weighs = { $says }；权重 { $weight }
app-source-filter = { $source }，条件：{ $filter }
app-source-judged = 专家评价
app-source-group-grade = 所属集团按「{ $policy }」的等级
app-source-grade = 所用评级「{ $alias }」

## 解释
app-why-rule = 符合「{ $grade }」的条件：{ $when }
app-why-last = 不符合更好等级的条件，归入「{ $grade }」
app-why-cap = 封顶为「{ $grade }」：{ $reason }
app-why-group = 因集团下调为「{ $grade }」：{ $reason }
app-why-floor = 保底为「{ $grade }」：{ $reason }
app-why-refused = 缺少标准要求必须具备的指标，未定级
app-why-coverage = 数据覆盖低于标准要求，未定级
app-why-no-lines = 没有可计分的指标，未定级
app-why-loss = { $indicator }：{ $value }，得 { $points } 分
app-why-loss-of = { $indicator }：{ $value }，得 { $points } 分，{ $score }因此失 { $lost }
app-missing-refuse = 不予定级
app-missing-reweight = 不计分，权重分给其他指标
app-missing-points = 按 { $points } 分计
app-way-change = { $indicator }由 { $now }（{ $before } 分）到 { $band }（{ $after } 分）
app-way-value = { $indicator }由 { $now }（{ $before } 分）变为 { $value }{ $side ->
    [above] {""}以上
    [below] {""}以下
   *[none] {""}
}（{ $after } 分）
app-moved-value = { $indicator }：{ $value1 } → { $value2 }（{ $before } → { $after } 分）
app-moved-points = { $indicator }：同为 { $value }，{ $before } → { $after } 分
app-moved-weight = { $indicator }：权重变化
app-moved-by-rules = 得分未变，等级条件变化
app-moved-bound-new = 新触发：{ $reason }
app-moved-bound-gone = 不再触发：{ $reason }
app-not-in-policy = （标准中没有）
cli-grade = 等级：
cli-explain-why = 理由
cli-explain-score = { $score } { $value }（数据覆盖 { $coverage }）
cli-explain-dimensions = 维度得分
cli-explain-bounds = 封顶与保底
cli-explain-cap = 封顶为「{ $grade }」：{ $reason }（{ $when }）
cli-explain-floor = 保底为「{ $grade }」：{ $reason }（{ $when }）
cli-explain-group = 不高于「{ $grade }」：{ $reason }
cli-explain-of-group = 集团
app-group-lowers = 「{ $group }」的等级为「{ $grade }」；自身等级为「{ $own }」：{ $notches }
app-group-free = 「{ $group }」不约束成员：{ $cause }
app-group-any = 「{ $group }」的等级为「{ $grade }」，成员等级不受限
app-group-allows = 「{ $group }」的等级为「{ $grade }」，成员最高为「{ $most }」
app-group-notch = 因集团下调一级：{ $from } → { $to }
app-group-no-way = 集团等级不变时，自身的任何改善都不会高于「{ $most }」
cli-explain-missing = 缺失的指标
cli-explain-left-out = 已略去的行
cli-explain-up = 升级路径
cli-explain-down = 降级路径
cli-explain-way = 达到「{ $grade }」：{ $changes }
cli-explain-and = ；且{ " " }
cli-explain-shared = （这些指标共用同一度量，未必能分别变动）
cli-explain-formulas = 算式
cli-explain-members = 成员合并明细
cli-explain-measures = 度量及来源
cli-explain-used = 所用的其他评级
cli-explain-entitlements = 权益
cli-column-indicator = 指标
cli-column-value = 值
cli-column-band = 分档
cli-column-points = 分值
cli-column-weight = 权重
cli-column-contribution = 贡献
cli-column-sum = 合计
cli-column-before = 上年

## 评级与数据
cli-rate-head = { $policy }，基准日 { $as-of }：{ $n }
cli-rate-written = 已写入 { $folder }：{ $files }
cli-dry-run = 试运行：未写出任何文件。
cli-rows-left-out = 略去了 { $n } 行含坏单元格的数据。
cli-records-left-out = { $kind } 有 { $n } 条记录未计入任何客户：未知客户 { $unknown }，无集团 { $ungrouped }，无客户编号 { $nameless }，无日期 { $undated }
cli-left-row = 行
cli-left-whom = 客户
cli-left-more-cells = （另有 { $n } 个单元格）
cli-lacking-column = 没有「{ $id }」（{ $name }）列{ $files ->
    [none] {""}
   *[other] ，文件：{ $files }
}
cli-lacking-column-near = 没有「{ $id }」（{ $name }）列{ $files ->
    [none] {""}
   *[other] ，文件：{ $files }
}；如果就是「{ $near }」，请加 { $map }
cli-lacking-file = 没有「{ $id }」（{ $name }）的文件
cli-lacking-file-near = 没有「{ $id }」（{ $name }）的文件；如果就是「{ $near }」，请按「{ $id }」命名
cli-lacking-unused = { $names ->
    [none] 没有其他未识别的列
   *[other] 未使用的列：{ $names }
}
cli-lacking-unread = { $names ->
    [none] 没有其他未读取的文件
   *[other] 未读取的文件：{ $names }
}
cli-lacking-map = 如果其中某列另有表头，请加 --map 表头={ $target }
cli-lacking-grade = 也可以只提供「{ $alias }」列，写明{ $name }的等级
cli-lacking-without = 如果数据确实没有，请加 --without { $ids }
cli-bad-file = 文件
cli-bad-cell = 单元格
cli-bad-heading = 列
cli-bad-says = 内容
cli-bad-expected = 应为
cli-bad-more = ……另有 { $n } 处
cli-bad-marked = 已标注的副本：{ $path }
cli-written = 已写入 { $path }

## 验证
app-seal-broken = run.json 中这一项的值与其封印不符：有人改过
app-file-gone = 文件不存在
app-file-strange = 这个文件不属于该批次
app-only-form-differs = 内容相同，但文件字节不同
app-place-cell = 第 { $row } 行（{ $key }），列 { $column }
app-place-columns = 列
app-place-rows = 行数
app-place-line = 第 { $line } 行
cli-verify-run = 批次
cli-verify-kept = 保存的：
cli-verify-derived = 推导的：
cli-verify-more = ……另有 { $n } 处，--all 可列出更多
cli-verify-altered = 已不是批次当时写出的内容：{ $files }。其余差异多由此而来。
cli-verify-nothing = （空）
cli-verify-engine = 该批次由引擎 { $engine } 生成，已按内容比较。
cli-verify-same = 一致：{ $run } 的 { $files } 个文件由快照与标准重新推导，逐字节相同。
cli-verify-same-data = 一致：{ $run } 的 { $files } 个文件由原始数据与标准重新推导，逐字节相同。
cli-verify-differs = 不一致：{ $run } 有 { $n } 处差异。

## 模拟与比较
cli-simulate-needs = 请给出评级批次的文件夹，或同时给出 --policy、--data 和 --as-of。
cli-simulate-same = 两份标准内容相同。
cli-simulate-more = ……另有 { $n } 处，见 pinji policy diff
cli-simulate-same-version = 两份标准内容不同而版本号相同；发布之前请给改动后的标准另定版本号。
cli-simulate-head = { $policy } → { $against }，基准日 { $as-of }，{ $n }
cli-movement-head = 上升 { $up }，下降 { $down }，新获等级 { $entered }，失去等级 { $lost }，不变 { $same }
cli-movement-across = 等级不可比的变动 { $n }
cli-movement-others = 新增 { $appeared }，不再出现 { $gone }
cli-movement-money = 涉及{ $measure }：下降客户 { $down }，上升客户 { $up }
cli-movement-corner = 原等级＼新等级
cli-movers-head = 变动客户（列出 { $n }，共 { $all }）
cli-compare-run = 基准日 { $as-of }，{ $policy }：{ $customers } 家，已定级 { $graded }
cli-compare-same = 同一标准，同一快照。
cli-compare-same-policy = 同一标准，数据不同。
cli-compare-same-snapshot = 同一快照，标准不同。
cli-compare-both-differ = 标准与数据均不同。

## 演示
app-demo-workbook = 客户资料
app-demo-spoilt = 客户报送（有误）
cli-demo-book = 样例账册：{ $customers } 家客户，{ $records } 条记录，{ $files } 个文件，在 { $folder }
cli-demo-grades = 按 { $policy } 评级，基准日 { $as-of }
cli-demo-moved = 较上年：上升 { $up }，下降 { $down }，新获等级 { $entered }，失去等级 { $lost }
cli-demo-first = 先看这十家
cli-demo-spoilt = 有误的工作簿 { $file } 被拒收：{ $n } 个单元格
cli-demo-where = 接下来
cli-demo-workbook = 工作簿
cli-demo-report = 报告
cli-demo-explain = 解释
cli-demo-verify = 验证
cli-demo-simulate = 模拟
cli-demo-compare = 比较

## 分级标准
cli-findings-count = { $errors } 处错误，{ $warnings } 处警告
cli-check-fine = { $policy } 可以使用：维度 { $dimensions }，指标 { $indicators }，等级 { $grades }，封顶与保底 { $bounds }，保证 { $guarantees }，示例 { $examples }；{ $found }
cli-check-broken = { $policy } 不能使用：{ $found }
cli-test-count = { $policy }：{ $passed } 个示例相符，{ $failed } 个不符
app-example-number = 示例 { $n }
cli-test-differs = { $what }：应为 { $expected }，实为 { $actual }
cli-test-pass = 相符
cli-test-fail = 不符
cli-prove-proved = 已证明
cli-prove-refuted = 被否定
cli-prove-unconfirmed = 被否定（反例未确认）
cli-prove-undecided = 未决
cli-prove-unclear = 无法理解
cli-prove-nodes = 考察 { $n } 个区域
cli-prove-nothing = 该标准没有保证可证明。可用 --says 给出命题。
cli-prove-nobody = 没有任何客户能得到这个等级。
cli-prove-counterexample = 反例客户
cli-prove-changed = 同一客户，改变之后
cli-prove-bound = 触发：
cli-prove-written = 反例已写入 { $path }；可用 pinji rate --policy { $policy } --data { $path } --as-of { $as-of } --out confirmed 核实
cli-outline-effective = 生效日期
cli-outline-scores = 得分
cli-outline-indicators = 指标
cli-outline-grades = 等级（自优至劣，取首个符合者）
cli-outline-bounds = 封顶与保底
cli-outline-guarantees = 保证
cli-outline-missing = 缺失时：
cli-new-next = 以 { $from } 为底稿。修改后运行：pinji policy check { $path }
cli-weigh-head = 熵权（由 { $n } 家客户计算），将下面的片段放入标准文件：
cli-diff-none = 两个版本没有差别。
app-refuted-by = 存在反例，其等级为 { $grade }
app-refuted-nobody = 没有客户能得到这个等级
app-subject-customer = 客户
app-subject-group = 集团客户
app-role-expert = 专家
app-role-committee = 评审委员会
app-seat-executive = 公司领导
app-seat-marketing = 市场营销
app-seat-finance = 财务
app-seat-risk = 风控
app-seat-service = 客户服务
app-seat-legal = 法务
app-of-dimensions = 各维度
app-entitlement-account-manager = 客户经理
app-entitlement-response-hours = 响应时限（小时）
app-entitlement-discount = 折扣（%）
app-entitlement-points-rate = 积分倍率
app-entitlement-credit-limit = 授信额度
app-entitlement-payment-days = 账期（天）
app-entitlement-visits = 每年走访（次）
app-entitlement-campaigns = 营销活动

## 工作簿
app-sheet-summary = 概览
app-sheet-grades = 等级
app-sheet-lines = 明细
app-sheet-policy = 方案
app-fact-version = 标准
app-fact-as-of = 基准日
app-fact-customers = 客户数
app-fact-graded = 已定级
app-fact-previous = 上一批次
app-fact-left-out = 略去的行
app-fact-policy-hash = 标准摘要 SHA-256
app-fact-snapshot-hash = 快照摘要 SHA-256
app-fact-engine = 引擎版本
app-head-distribution = 等级分布
app-head-score = { $score }的分布
app-head-coverage = 数据覆盖
app-head-bounds = 封顶与保底
app-head-missing = 缺失的指标
app-head-indicators = 指标与分档
app-head-grades = 等级
app-head-caps = 封顶
app-head-floors = 保底
app-head-guarantees = 保证
app-chart-distribution = { $n }的等级分布
app-column-id = 客户编号
app-column-name = 客户名称
app-column-grade = 等级
app-column-own-grade = 自身等级
app-column-class = 类别
app-column-score = 得分
app-column-indicator = 指标
app-column-value = 值
app-column-value-words = 值（含单位）
app-column-band = 分档
app-column-points = 分值
app-column-weight = 权重
app-column-contribution = 贡献
app-column-missing = 缺失
app-column-coverage = 数据覆盖
app-column-reasons = 主要失分
app-column-previous = 上期等级
app-column-bounds = 封顶与保底
app-column-bound = 原因
app-column-condition = 条件
app-column-customers = 客户数
app-column-share = 占比
app-column-cause = 缺失原因
app-column-range = 分数段
app-column-industry = 行业
app-column-size = 规模
app-column-region = 地区
app-column-group = 集团
app-column-dimension = 维度
app-column-clause = 条款
app-column-formula = 公式
app-column-review = 复审周期
app-column-gives = 权益
app-stat-least = 最低
app-stat-lower = 下四分位
app-stat-median = 中位数
app-stat-upper = 上四分位
app-stat-greatest = 最高
app-too-many-customers = { $n } 家客户超过 Excel 每表 { $limit } 行的上限，逐户结果未放入工作簿，请见 grades.parquet。
app-too-many-lines = { $n } 条明细超过 Excel 每表 { $limit } 行的上限，明细未放入工作簿，请见 lines.parquet。
