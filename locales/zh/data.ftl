### Sentences of the area `data`.

## Files
data-in-file = { $file }：{ $what }
data-io-not-found = 找不到，请检查路径。
data-io-denied = 没有读写权限，请在其他程序中关闭它并检查权限。
data-io-full = 磁盘已满，请腾出空间后重新运行。
data-io-other = 无法读写（{ $why }）。
data-damaged = 读取过程中文件被改动或已损坏（{ $why }），请用未被占用的副本重新运行。
data-empty-file = 文件是空的。
data-not-text = 不是任何常见编码的文本，请另存为 CSV UTF-8。
data-unknown-format = 不认识的格式，请提供 .xlsx、.csv、.csv.gz、.parquet 文件，或存放它们的文件夹。
data-old-or-locked-workbook = 是旧版 .xls 或加了密码的工作簿，请用 Excel 打开后另存为不带密码的 .xlsx。
data-is-program = 这是程序，不是表格，未读取任何内容。
data-is-zip = 这是压缩包或工作簿，不是文本；如果是工作簿，请把扩展名改为 .xlsx。
data-is-gzip = 文件经 gzip 压缩，请把扩展名改为 .csv.gz。
data-is-parquet = 这是 Parquet 文件，请把扩展名改为 .parquet。
data-is-picture = 这是图片或 PDF，不是表格。
data-is-not-workbook = 不是 .xlsx 工作簿，请用 Excel 另存为 .xlsx；如果是文本，请把扩展名改为 .csv。
data-is-not-parquet = 内容不是 Parquet 文件。
data-is-not-gzip = 文件未经 gzip 压缩，请把扩展名改为 .csv。
data-gzip-truncated = 压缩文件不完整，请重新复制或下载。
data-gzip-broken = 压缩文件已损坏，请重新复制或下载。
data-gzip-too-large = 解压后超过 { $most } MiB，请自行解压后提供 .csv。
data-record-too-long = 第 { $row } 行超过 { $most } MiB，多半是少了一个引号。
data-open-quote = 第 { $row } 行的引号没有闭合，请补上缺少的 `"`。
data-too-many-columns = 第 { $row } 行超过 { $most } 列，不像是客户数据表。
data-archive-broken = 工作簿的压缩结构已损坏（{ $why }），请用 Excel 重新保存。
data-archive-too-many-parts = 工作簿含 { $found } 个部件，超过 { $most } 个，按恶意文件拒绝。
data-archive-hostile = 工作簿的压缩结构有重叠或重名的部件，按恶意文件拒绝。
data-archive-locked = 工作簿带有密码，请保存为不带密码的文件。
data-archive-ratio = 工作簿中的「{ $part }」解压后超过自身的 { $most } 倍，按恶意文件拒绝。请把数据另存为 CSV。
data-archive-too-large = 工作簿解压后超过 { $most } MiB，请把数据另存为 CSV 或 Parquet。
data-archive-doctype = 工作簿中的「{ $part }」带有 Excel 从不写出的文档类型定义，按恶意文件拒绝。
data-workbook-broken = 工作簿无法读取（{ $why }），请用 Excel 打开后重新保存。
data-workbook-too-large = 工作簿超过 { $most } MiB，请把数据另存为 CSV 或 Parquet。
data-workbook-too-many-rows = 工作表「{ $sheet }」的行数超过 Excel 的上限（1,048,576）。
data-parquet-broken = Parquet 文件已损坏（{ $why }）。
data-parquet-footer = 文件尾声称有 { $mib } MiB，至多读取 { $most } MiB。请以更大的行组重写此文件。
data-survey-problem = 列「{ $heading }」：{ $says }

## Tables
data-no-tables = 文件夹中没有以记录种类命名的文件，可用的名称：{ $kinds }。
data-no-rows = 只有表头，没有数据行。
data-no-headings = 没有找到认识的表头（首行内容：{ $found }），请用 --map "表头=字段" 指定。
data-column-missing = 缺少必填列「{ $field }」（{ $id }）；如果它另有名称，请用 --map "表头={ $id }" 指定。{ $found ->
    [none] {""}
   *[other] 未使用的列：{ $found }。
}
data-two-columns = 本列与「{ $other }」都是「{ $field }」，请改名，或用 --map 指定以哪一列为准。
data-two-currencies = 表头写了两种币种（{ $one }、{ $other }），请改用币种列。
data-unit-clash = 表头中的单位与「{ $field }」（{ $unit }）不符。
data-parquet-type = 不能读取 { $type } 类型的列，请改为文本、数字或日期。
data-no-such-field = 记录种类「{ $kind }」没有字段「{ $field }」。

## Mappings
data-mapping = --map「{ $given }」：{ $what }
data-mapping-form = 请写成 "表头=字段"，需要时在字段后加 *倍数、:单位 或 :roc。
data-mapping-factor = 「{ $factor }」不是倍数，请写普通小数，如 10000 或 0.001。
data-mapping-option = 「{ $option }」既不是历法（roc、mdy、dmy），也不是 万元、% 这样的单位。
data-mapping-no-field = 没有任何记录种类有字段「{ $field }」；度量见 `pinji policy explain`，字段见 docs/record-kinds.md。
data-mapping-no-field-near = 没有字段「{ $field }」，是否指「{ $near }」？
data-mapping-no-column = 数据中没有「{ $heading }」列；现有的列：{ $found }。
data-mapping-no-column-near = 数据中没有「{ $heading }」列，是否指「{ $near }」？
data-mapping-elsewhere = 「{ $heading }」列在「{ $file }」中，而{ $kind }没有字段「{ $field }」。

## Bad cells
data-expected-text = 文本
data-expected-integer = 整数
data-expected-decimal = 最多 { $decimals } 位小数的数
data-expected-money = 最多 { $decimals } 位小数的金额
data-expected-number = 数字
data-expected-date = 日期
data-expected-flag = 是或否
data-example-integer = 1234 或 1,234
data-example-number = 1234.5 或 1,234.5
data-example-money = 1234.5、1,234.5 或 3.2万
data-example-separated = 1,234.5 或 1234.5
data-cell-not-a-number = 不是数字；应为{ $expected }，例如 { $example }。
data-cell-letter-for-digit = 数字中夹有字母「{ $letter }」，是否应为 { $meant }？
data-cell-letter = 数字中夹有字母「{ $letter }」，请改为数字。
data-cell-other-unit = 单位是「{ $unit }」，而该列以{ $own }计，请换算。
data-cell-separators = 千分位的位置不对，请写成 { $example }。
data-cell-not-whole = 带有小数；应为整数。
data-cell-too-many-decimals = 超过 { $decimals } 位小数；请在来源处四舍五入，使所见即所评。
data-cell-too-large = 数值过大，无法精确保存，请检查单位。
data-cell-not-finite = 不是有限的数；没有数据时请留空。
data-cell-shortened = 保存时被写成科学计数法（E+），已丢失数位；请把该列设为数值格式后重新保存。
data-cell-unit-twice = 单元格和表头「{ $heading }」都写了数量单位，请只保留一处。
data-cell-percent = 是百分数；应为{ $expected }。
data-cell-date-for-number = 是日期；应为{ $expected }，请检查单元格格式。
data-cell-flag-for-value = 是逻辑值；应为{ $expected }。
data-cell-not-a-date = 不是日期，请写成 2025-03-31。
data-cell-no-such-date = 没有这一天，或超出合理范围，请写成 2025-03-31。
data-cell-day-or-month = 分不清日和月，请写成 2025-03-31，或在 --map 中加 :mdy 或 :dmy。
data-cell-month-only = 缺少日，请写成 2025-03-31。
data-cell-not-a-flag = 既不是「是」也不是「否」，请写 是/否、Y/N 或 1/0。
data-cell-not-listed = 不在列表内，应为：{ $choices }。
data-cell-code-form = 不是统一社会信用代码：应为 18 位数字和大写字母，不含 I、O、S、V、Z。
data-cell-code-check = 统一社会信用代码的校验码不符，末位应为「{ $expected }」，多半有字符录错。
data-cell-excel-error = 是公式留下的错误值，请修正公式或留空。
data-cell-digits-lost = 是超过 15 位的数字，Excel 已丢失末尾几位；请把该列设为文本格式后重新录入。
data-cell-broken-text = 含有文件编码中不存在的字符，请另存为 CSV UTF-8。
data-cell-too-long = 超过 Excel 单元格的 32,767 个字符。
data-cell-required = 为空；「{ $field }」必填。
data-cell-duplicate = { $others ->
    [1] 与第 { $other } 行的键重复
   *[other] 与另外 { $others } 行的键重复，其中一行为 { $other }
}，请只保留一行。
data-cell-beyond-headings = 位于最后一个表头之外，多半是某个值里的分隔符使整行错位。

## What else to know
data-note-folder = 未读取子文件夹「{ $file }」。
data-note-not-data = 未读取「{ $file }」：不是表格格式。
data-note-empty-file = 「{ $file }」是空的。
data-note-unknown-file = 未读取「{ $file }」：没有这样命名的记录种类。
data-note-unknown-sheet = 未读取「{ $file }」的工作表「{ $sheet }」：没有这样命名的记录种类。
data-note-unused-columns = 「{ $place }」中未使用的列：{ $headings }。
data-note-encoding = 「{ $file }」按 { $encoding } 编码读取。
data-note-hidden-rows = 「{ $file }」中的 { $rows } 个隐藏行与其他行一样读取。
data-note-guessed-kind = 根据表头，「{ $file }」按「{ $kind }」读取。
data-note-totals = 「{ $place }」中的合计行未读取：{ $rows }。
data-note-not-listed = 「{ $place }」的「{ $field }」有 { $n } 个单元格不在列表内（{ $says }）；评级不用该列，已留空；列表：{ $choices }。

## Templates
data-note-examples = 「{ $place }」中的示例行未读取：{ $rows }。
data-template-field = { $field }
data-template-takes = 填写：{ $expected }
data-template-unit = 单位：{ $unit }
data-template-share = 单位：%，例如 12.5% 即八分之一
data-template-choices = 可选：{ $choices }
data-template-required = 必填
data-template-optional = 可不填
data-template-key = 用于识别一条记录：重复报送即更新
data-template-example = 例如：{ $example }
data-template-list-prompt = 请从列表中选择。
data-template-list-error = 不在列表内，请从列表中选择。

## measures and snapshots
query-unknown-kind = 度量「{ $measure }」所用的记录种类「{ $kind }」没有声明。请在政策的记录种类文件中声明，或改用已有种类。
query-field-type = 「{ $kind }」的「{ $field }」应为 { $expected }，实际是 { $found }。请更正数据文件或记录种类的声明。
query-no-subject = { $place }：「{ $kind }」有一行没有编号，无法知道说的是谁。请补上编号或删去该行。
query-duplicate-subject = 「{ $kind }」中编号「{ $id }」出现两次：{ $first } 与 { $second }。每个编号只能有一行，请保留正确的一行。
query-duplicate-key = 「{ $kind }」中两条记录的主键相同（{ $key }）：{ $first } 与 { $second }。请保留正确的一条；若后一条是更正，请填写更晚的公布日期。
query-beyond-sum = 「{ $subject }」的度量「{ $measure }」超出精确范围（2 的 53 次方）。请检查是否有数量级错误的金额，或减少小数位。
query-beyond-row = { $place }：度量「{ $measure }」在该记录上的数值超出精确范围（2 的 53 次方）。请更正该行，或减少小数位。
query-no-rate = { $place }：「{ $kind }」的该记录为 { $date } 的「{ $currency }」金额，但政策没有该日适用的汇率。请在汇率文件中补充，或更正币种。
query-unknown-level = { $place }：「{ $level }」不是指标「{ $indicator }」的档次，也不是 0 到 100 的分值。请改为政策所列的档次。
query-no-decimals = 度量「{ $measure }」对双精度数求和，但没有声明 decimals。请在政策中声明小数位。
query-not-snapshot = { $path } 不是可用的快照：缺少「{ $wants }」。请重新评级，或使用生成该快照的政策。
query-mismatch = 内部错误：{ $what }。请将所用命令与版本告知开发者。
query-file = 无法读写文件 { $path }：{ $why }。请检查路径、权限与磁盘空间。
query-parquet = Parquet 数据已损坏或无法写出：{ $why }。请重新导出该文件。
query-arrow = 列数据无法处理：{ $why }。请将所用命令与版本告知开发者。
query-type-integer = 整数
query-type-decimal = 小数
query-type-number = 数值
query-type-text = 文本
query-type-date = 日期
query-type-flag = 是/否
