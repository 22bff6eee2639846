### Sentences of policies: what `check` finds, and what to do next.

## Reading a file
policy-toml = This is not TOML as it stands: { $says }. Correct it here first; the rest of the file is checked once it reads.
policy-file-unreadable = The file `{ $file }` could not be read: { $why }. Check the name; it is looked for beside this file.
policy-file-outside = `{ $file }` lies outside the policy’s folder. A policy and its files travel together: put it beside this file and name it relative to it.
policy-cycle = These policies use each other in a circle: { $chain }. A grade cannot depend on itself; take one of the links out.
policy-key-missing = `{ $key }` is missing here. Add it.
policy-key-unknown = `{ $key }` is not a key of this part.
policy-keys-known = The keys here are: { $keys }.
policy-did-you-mean = Did you mean `{ $name }`?
policy-wrong-type = { $expected } belongs here, and this is { $found }.
policy-word-unknown = `{ $word }` is not one of the words that may stand here: { $words }.
policy-expects-text = A text in quotes
policy-expects-number = A number
policy-expects-whole = A whole number, 0 or more
policy-expects-date = A date such as 2026-01-01
policy-expects-period = A period such as "12 months", "90 days" or "1 year"
policy-expects-flag = true or false
policy-expects-list = A list in square brackets
policy-expects-table = A table such as { "{" } key = value { "}" }
policy-expects-tables = A list of tables, each begun by double brackets
policy-expects-plain = A text, a number, a date or true/false
policy-expects-both = A text in both languages, { "{" } zh = "…", en = "…" { "}" },
policy-is-text = a text
policy-is-number = a number
policy-is-flag = true or false
policy-is-date = a date
policy-is-list = a list
policy-is-table = a table
policy-number-inexact = `{ $number }` cannot be kept exactly. Write plain digits with at most nine decimals, below 2^53.
policy-number-words = `{ $number }` is no number of a policy. Write plain digits: { $digits }.
policy-language-missing = The { $language } side is missing. Every reader must find it in their language.
policy-language-missing-help = Write both: { "{" } zh = "…", en = "…" { "}" }.
policy-lang-zh = Chinese
policy-lang-en = English

## The head of a policy
policy-currency-form = `{ $currency }` is not a currency code. Write three capital letters, such as CNY or USD.
policy-weights-of-positive = Weights cannot add up to nothing. Write what they do add up to, for instance 100.
policy-coverage-range = `{ $value }` is not a share. Write 0 to 1 with at most four decimals, for instance 0.6 for 60%.
policy-no-dimensions = The policy has no dimension. Add at least one with double brackets, `dimension`.
policy-no-indicators = The policy has no indicator, so there is nothing to score. Add at least one `indicator`.
policy-no-grades = The policy has no grade. Add them best first; the last one has no condition.
policy-too-many = There are { $found } of this kind ({ $what }), and at most { $most } fit. Merge or drop some.
policy-plan = The policy reads well but does not make a plan: { $why }. Please report this with the file.

## Names
policy-what-measure = measure
policy-what-indicator = indicator
policy-what-dimension = dimension
policy-what-score = score
policy-what-alias = used policy
policy-what-parameter = parameter
policy-what-grade = grade
policy-what-cap = cap
policy-what-floor = floor
policy-what-level = level
policy-what-group-grade = group's grade
policy-id-form = `{ $id }` cannot be a name in formulas.
policy-id-form-help = Use letters, digits and underscores, and begin with a letter, for instance net_margin.
policy-id-reserved = `{ $id }` is a word of the formula language. Choose another name.
policy-id-column = `{ $id }` is the name of a column that every result has. Choose another name.
policy-id-comma = `{ $id }` holds a comma, a quote or a line break, which the result columns need for themselves. Choose a plain id.
policy-id-twice = There already is a { $what } `{ $id }`. Give this one a name of its own.
policy-id-clash = `{ $id }` is the name of a { $what } here and of a { $other } elsewhere.
policy-id-clash-help = Measures, indicators, dimensions, scores, parameters and used policies share one set of names, so that a formula has one meaning. Rename one of the two.
policy-name-unknown = Nothing is called `{ $name }`. Declare it, or correct the name.
policy-name-label = `{ $name }` is a label for people; formulas use the id, `{ $id }`.
policy-measure-unknown = No measure is called `{ $name }`. Declare it under [measure.{ $name }], or correct the name.
policy-field-name-unknown = Records of `{ $kind }` have no field `{ $name }`. Correct the name, or declare the field in a file of record kinds.
policy-field-unknown = Records of `{ $kind }` have no field `{ $field }`. Declare it, or correct the name.
policy-office-nobody-told = Records of `{ $kind }` have key fields, but no department is told.
policy-office-nobody-told-help = Add notify, for instance notify = ["risk"], or take key_fields out.
policy-office-identity-form = `{ $says }` is no identity. Write a = b + c or a <= b, with nothing but ids of fields, plus and minus on both sides.
policy-office-field-type = The field `{ $field }` cannot stand here; it takes { $wanted }.
policy-office-exact-number = an integer, a decimal or money
policy-office-date = a date
policy-office-choice = a choice
policy-office-text = a text
policy-office-negative = An allowance cannot be negative. Write 0 or more.
policy-office-above-zero = This must be above 0.
policy-office-share-range = This must be above 0 and at most 1, for instance 0.05.
policy-office-option-unknown = The field `{ $field }` has no option `{ $option }`. Correct it.
policy-office-period-form = A rule of periods is one of three: every; by with steps; from with to.
policy-office-sample-channel = The channel `{ $channel }` is filled by people, so people audit it; sample is for api, crm and folder.
policy-field-personal = `{ $field }` is about a person, and such fields never enter a measure. Take it out.
policy-kind-unknown = There is no record kind `{ $kind }`. Correct the name, or declare the kind in a listed file.
policy-kinds-known = The record kinds are: { $kinds }.
policy-dimension-unknown = No dimension is called `{ $dimension }`. Declare it, or correct the name.
policy-indicator-unknown = No indicator is called `{ $indicator }`, so this row serves nobody here. Correct the name, or leave the row for the policy that uses it.
policy-table-unknown = No standard table is called `{ $table }`. Correct the name, or list the file that holds it.
policy-table-unknown-help = A table stands under [table.NAME], mostly in a file of its own that `files` lists.
policy-parameter-unknown = No parameter is called `{ $name }`. Declare it under [parameter.{ $name }], or write a number.
policy-grade-unknown = No grade is called `{ $grade }`. Correct the name.
policy-grade-meant = Did you mean `{ $name }`? The grades are: { $grades }.
policy-grades-known = The grades are: { $grades }.
policy-grade-reserved = `{ $grade }` is the word for subjects that are not graded. Choose another id.
policy-score-unknown = No score is called `{ $name }`. Correct the name.
policy-cap-unknown = No cap is called `{ $name }`. Give the cap this `id`, or correct the name.

## Formulas: reading
policy-formula-empty = The formula is empty. Write it, for instance "net_profit / nullif(revenue, 0)".
policy-formula-long = The formula is too long. Split it into several measures.
policy-formula-deep = The formula is nested too deeply. Split it into several measures.
policy-formula-sign = `{ $sign }` is not a sign of the formula language.
policy-formula-wide-sign = Write `{ $meant }` instead.
policy-formula-double-quote = Texts stand in single quotes, as in SQL: 'A'.
policy-formula-quote-open = This text has no closing quote. Add one; a quote inside a text is written twice.
policy-formula-unexpected = `{ $found }` cannot stand here; { $expected } was expected.
policy-formula-ends = The formula ends too early; { $expected } was expected.
policy-formula-expects-end = nothing more
policy-formula-expects-value = a value: a name, a number, a text in single quotes, or a function
policy-formula-expects-name = a name
policy-formula-expects-text = a text in single quotes
policy-formula-expects-and = `and` and the upper end
policy-formula-expects-missing = `missing` or `null`
policy-formula-expects-list = a list in brackets
policy-formula-expects-comma = a comma or the closing bracket
policy-formula-expects-close = a closing bracket
policy-formula-expects-then = `then`
policy-formula-expects-when = `when`
policy-formula-expects-case-end = `when`, `else` or `end`
policy-formula-chain = A comparison cannot be followed by another one.
policy-formula-chain-help = Write "x between 0 and 5", or "x >= 0 and x < 5".
policy-formula-date = `{ $text }` is not a calendar date. Write it as date '2026-01-01'.
policy-formula-function = There is no function `{ $function }`.
policy-formula-functions = The functions are: { $functions }; in measures also count, sum, avg, min, max.
policy-formula-arguments = `{ $function }` takes { $wanted } and was given { $found }: count the values between its brackets.
policy-formula-distinct = `distinct` belongs inside count(distinct x) only. Take it out.
policy-formula-star = `*` belongs inside count(*) only. Name a field instead.
policy-formula-condition-only = This belongs to conditions (`when`), not to formulas. Use `is null` or `case when … end`.

## Formulas: meaning
policy-type-number = a number
policy-type-text = a text
policy-type-date = a date
policy-type-flag = a yes or no
policy-type-any = nothing
policy-formula-type = This is { $found }, and { $wanted } is needed here.
policy-formula-types-differ = { $left } and { $right } do not go together here. Bring both to one type.
policy-unit-clash = This adds or compares { $left } with { $right }, which have different units.
policy-unit-clash-help = Divide or multiply first, so that both sides are counted in the same unit.
policy-unit-declared = The formula gives { $derived }, but the unit is declared as { $declared }. Change one of the two, so that readers see what is scored.
policy-unit-money = money
policy-unit-ratio = a ratio
policy-unit-count = a count
policy-unit-days = days
policy-unit-months = months
policy-unit-years = years
policy-unit-points = points
policy-unit-text = a text
policy-unit-date = a date
policy-unit-flag = a yes or no
policy-unit-other = another unit
policy-formula-dates = A date minus a date is a number of days, and a date plus or minus days is a date. Nothing else can be reckoned with dates.
policy-formula-flag-order = A yes or no is not more or less than another. Compare it with = true or = false.
policy-formula-list-constant = Only constants may stand in a list. Write numbers or texts.
policy-formula-null = Nothing equals null, so this never holds. Write `is null`, or coalesce(x, 0).
policy-formula-indicator = `{ $name }` is an indicator, and formulas are made of measures. Write its formula here, or declare a measure.
policy-formula-score = `{ $name }` is a score, and formulas are made of measures. Scores may be used in conditions.
policy-formula-ln = The logarithm of a number that is not positive has no answer; the value is then missing.
policy-formula-ln-help = Keep it positive, for instance ln(greatest(x, 1)), or test it in a case.
policy-division-by-zero = `{ $divisor }` can be zero, and then there is no answer.
policy-division-by-zero-help = Say that you mean it: divide by { $instead }, which makes the value missing, or test it in a case.
policy-text-unlisted = `{ $text }` is not one of the texts that occur here.
policy-text-listed = They are: { $texts }.

## Measures
policy-measure-source = The measure does not say where it comes from. Write `from` with a record kind, or `given` with a type.
policy-measure-period = The measure has no period: over what time is it taken?
policy-measure-period-help = Write over = "12 months", or over = "all" if everything up to the date is meant.
policy-measure-over-latest = The latest record has no window. Say how old it may be with `fresh` instead.
policy-measure-fresh-aggregate = An aggregate has a window, not an age. Use `over` instead.
policy-measure-fresh = `{ $measure }` takes the latest record however old it is.
policy-measure-fresh-help = Write fresh = "18 months", so that older figures count as missing, or fresh = "any" if age does not matter.
policy-measure-decimals-latest = The latest value keeps the decimals of its field. Take `decimals` out; an indicator rounds for itself.
policy-members-beside = `accounts` and `complete` speak of members' figures. Write `members` too, or take this out.
policy-members-subject = A customer has no members: `members` belongs into a policy with subject = "group".
policy-members-number = The figures of members are put together, and `{ $measure }` is no number. Take `members` out.
policy-members-decimals = The figures of members are put together exactly, and those of `{ $measure }` are not exact numbers. Say with `decimals` to how many each is rounded.
policy-members-weight-unknown = No measure is called `{ $name }`.
policy-members-weight = `{ $name }` cannot weigh: a weight is another measure that says `members`, so that there is a figure of each member.
policy-accounts-given = Only records are consolidated or not; this measure is given. Take `accounts` out.
policy-accounts-scope = Records of `{ $kind }` do not say whether they are consolidated. Declare the field with `scope` of the kind, or take `accounts` out.
policy-accounts-never-missing = `{ $measure }` has a figure also where there is no record, so every member would seem to have consolidated statements. Take a value that is missing then.
policy-scope-options = `{ $field }` cannot say whether a row is consolidated: `scope` names a choice with the option `{ $option }`.
policy-members-sum = the sum of members' figures
policy-members-max = the greatest of members' figures
policy-members-min = the least of members' figures
policy-members-weighted = the mean of members' figures, weighted by `{ $by }`
policy-accounts-own = each member's own
policy-accounts-consolidated-first = consolidated statements first
policy-complete-yes = missing where any member's is
policy-complete-no = of those members that have one
policy-measure-undated = Records of `{ $kind }` have no date, so no window can be taken. Write over = "all".
policy-decimals-range = { $decimals } decimals are too many. Write 0 to 9.
policy-filter-flag = A filter must be true or false for each record. Compare the field with something.
policy-aggregate-bare = `{ $name }` has one value in each record, and the window holds many. Say how they become one, for instance { $example }.
policy-aggregate-none = Nothing is aggregated here.
policy-aggregate-none-help = Use count, sum, avg, min or max; for the newest record write take = "latest".
policy-aggregate-place = `{ $function }` goes over many records, so it belongs into a measure with `over`. Declare such a measure and name it here.
policy-aggregate-decimals = `{ $function }` needs to know how many decimals are kept.
policy-aggregate-decimals-help = Add decimals = 2 (or as many as the figures have): rows are brought to whole units first, so their order never changes the sum.

## Indicators
policy-indicator-unit = `{ $indicator }` has no unit. Write one: money, ratio, count, days, months, years, points, or any word of your own.
policy-indicator-decimals = `{ $indicator }` does not say how many decimals its value has. What is shown is what is scored, so write `decimals`.
policy-indicator-missing-rule = The indicator does not say what a missing value does. Write missing = "refuse", "worst", "reweight" or { "{" } points = n { "}" }.
policy-indicator-scoring = The indicator does not say how it is scored. Add one of: { $ways }.
policy-indicator-scoring-twice = The indicator is scored in several ways at once: { $ways }. Keep one.
policy-judged-formula = A judged indicator is scored by people and has no formula. Take it out.
policy-interpolate-bands = Only bands can be interpolated. Take `interpolate` out.
policy-points-range = { $points } is not within 0 to 100 points, with at most four decimals.
policy-map-empty = The map is empty. Write texts and their points.
policy-map-text = A map goes by texts, and this formula gives { $found }. Use bands for numbers.
policy-bands-number = Bands go by numbers, and this formula gives { $found }. Use a map for texts, or a case that gives a number.
policy-map-unmapped = These can occur and have no points: { $texts }. They will count as missing.
policy-map-unmapped-help = Add them to the map, or write `otherwise`.
policy-levels-few = A judged indicator needs at least two levels to choose from.
policy-levels-order = Levels stand best first, and `{ $level }` has no fewer points than `{ $before }` before it. Change their order or their points.
policy-reconcile-min = At least one expert must judge. Write 1 or more.
policy-reconcile-spread = A consensus needs `spread`: how many points the opinions may lie apart.

## Bands
policy-bands-empty = There are no bands. Write them from the lowest values up; the last one has no end.
policy-band-two-ends = A band has one upper end: `below` leaves the figure out, `up_to` includes it. Keep one.
policy-band-points-pair = Points are one number, or two: those at the lower and at the upper end.
policy-band-points-flat = Two points need interpolate = true on the indicator. Add it, or write one number.
policy-band-endless = Band { $position } has no upper end, so the bands after it are never reached. Give it one.
policy-band-gap-above = The last band ends at { $end }, and values above it have no points.
policy-band-gap-above-help = Take the end away, or add a last band without one.
policy-band-gap-below = The first band begins at { $from }, and values below it have no points. Take `from` away.
policy-band-gap = This band begins at { $from } and the one before ends at { $before }: between them there are no points. Let them meet.
policy-band-overlap = This band begins at { $from }, but the one before ends only at { $before }: they overlap. Let them meet.
policy-band-disorder = Bands stand in ascending order, and { $end } comes after { $before }. Put them in order.
policy-band-repeated = The band before already ends at { $before }, so no value is left for this one. Change the end, or take the band out.
policy-band-rounded = With { $decimals } decimals, { $end } and { $before } are the same edge, so no value is left for this band. Add decimals, or change the end.
policy-band-finer = { $number } has more decimals than the indicator’s { $decimals }, so the edge lies between two values that are shown. Round it, or give the indicator more decimals.
policy-band-open = The first and the last band have an open end, so their points cannot be interpolated. Write one number.
policy-band-inexact = Interpolation runs from edge to edge, and an edge here has more decimals than the indicator’s { $decimals }. Round it, or give the indicator more decimals.
policy-band-below-range = The formula never gives less than { $end }, so nothing is ever in this band. Take it out, or check the formula.
policy-band-above-range = The formula never gives more than { $end }, so nothing is ever in this band. Take it out, or check the formula.
policy-better-higher = More is declared better, but the points fall from { $before } to { $points } as the value rises.
policy-better-lower = Less is declared better, but the points rise from { $before } to { $points } as the value rises.
policy-better-help = Change the points, turn `better` round, or write better = "neither" where something between is best.

## Standard tables
policy-table-better = Bands from a table need to know which direction is better for `{ $indicator }`. Write better = "higher" or "lower".
policy-table-no-fallback = Table `{ $table }` has no row for `{ $indicator }` in which every key is `{ $otherwise }`. Add it, so that every customer finds a row.
policy-table-key-count = The table has keys in a number of { $wanted }, and { $found } are given. Name one measure for each.
policy-table-key-text = `{ $name }` is not a text, so it cannot choose a row. Use a text measure.
policy-table-edge-finer = The edge { $number } has more decimals than the indicator’s { $decimals }. Round it, or give the indicator more decimals.
policy-table-edges-fall = Edges stand best first, and more is better here: { $edge } must be below { $before }.
policy-table-edges-rise = Edges stand best first, and less is better here: { $edge } must be above { $before }.
policy-table-points = The table has no points. Write one for each edge, best first.
policy-table-points-fall = The table’s points stand best first, and { $points } is above { $before } before it. Put them in order.
policy-table-row-keys = The row has { $found } keys and the table { $wanted }. Write one text for each.
policy-table-row-edges = The row has { $found } edges and the table { $wanted } points. Write one edge for each.
policy-table-row-twice = There already is a row of `{ $indicator }` for { $keys }. Keep one.
policy-table-row-unused = `{ $indicator }` does not take its bands from this table, so this row has no effect.

## Weights
policy-weight-range = The weight { $weight } is out of range. Write a positive number with at most four decimals, up to 10 000.
policy-weight-lacking = `{ $id }` has no weight.
policy-weight-lacking-help = Write `weight`, or derive the weights of its dimension under `derivation`.
policy-weight-dimension-help = Write `weight`, derive it under `derivation`, or declare scores of your own under [score].
policy-weight-idle = The policy declares its own scores, so the weight of `{ $id }` is not used. Take it out.
policy-weights-sum = The weights of `{ $family }` add up to { $sum }, not to { $wanted }.
policy-weights-sum-help = Correct them, or write `weights_of` at the top if another sum is meant; they are used in proportion.
policy-weights-too-great = The weights of `{ $id }` add up to more than 10 000. Write smaller ones; only their proportion matters.
policy-dimension-empty = Dimension `{ $dimension }` has no indicator. Add one, or take the dimension out.
policy-dimension-unweighed = Dimension `{ $dimension }` is in no score, so its indicators never count. Add it to a score, or take it out.
policy-score-decimals = A score has 0 to 4 decimals, not { $decimals }.
policy-score-empty = Score `{ $score }` weighs no dimension. Name at least one.
policy-ahp-size = The matrix has { $rows } rows, and there are { $items } items. Write one row and one column for each.
policy-ahp-no-judge = There are no judges. Give at least one matrix.
policy-ahp-inconsistent = The comparisons contradict each other: the consistency ratio is { $ratio }, above 0.10.
policy-ahp-inconsistent-judge = The comparisons of `{ $judge }` contradict each other: the consistency ratio is { $ratio }, above 0.10.
policy-ahp-inconsistent-help = Look for items a, b, c where a beats b and b beats c, but a against c says otherwise, and judge those again.
policy-derivation-count = There are { $weights } weights for { $items } items. Write one for each.
policy-derivation-sum = Frozen weights sum to 100 exactly, and these sum to { $sum }. Take them as `pinji policy weigh` printed them.
policy-derivation-of-help = Write of = "dimensions", or the id of the dimension whose indicators are weighed.
policy-derivation-item = `{ $item }` does not belong to `{ $of }`. Correct the name, or take it out.
policy-derivation-lacks = `{ $item }` belongs to this family and is not compared. Add it to `items`.
policy-derivation-twice = The weight of `{ $item }` is derived, so it must not be written as well. Take it out.
policy-hash-form = This is not a SHA-256 hash: 64 hexadecimal digits.

## Conditions
policy-condition-not-a-test = This is not a test. Compare something with a constant, for instance "total >= 80".
policy-condition-null = Conditions ask for missing values with `is missing` or `is not missing`.
policy-condition-operand = `{ $found }` cannot be looked at in a condition: a name of a score, an indicator, a measure or a used policy must stand here.
policy-condition-operand-help = Conditions compare one value with a constant, so that they can be proved. Declare a measure for anything that must be reckoned first.
policy-condition-two = Both sides vary. A condition compares one value with a constant.
policy-condition-constants = Both sides are constants, so this is always the same. Name a value.
policy-condition-constant = `{ $name }` is a parameter, a constant: there is nothing to test about it.
policy-condition-dimension = `{ $name }` is a dimension, and rules read scores. Declare a score of it, for instance { $example } under [score].
policy-condition-opaque = A judged or mapped indicator can only be asked about being missing. Compare the text measure that it is made of, or a score.
policy-condition-grade = `at_most` and `at_least` compare the grade of a used policy with one of its grades. Use >= or <= for numbers.
policy-condition-grade-order = Grades have an order of their own. Write `at_most` or `at_least`.
policy-condition-text-order = Texts have no order here. Use =, <> or `in`.
policy-condition-finer = { $number } has more decimals than the value’s { $decimals }, so it lies between two values that are shown. Round it.
policy-condition-not-null = `{ $name }` can be missing, and then neither this nor its opposite holds.
policy-condition-not-null-help = Say what a missing value means: "{ $instead }", or turn the comparison round instead of using `not`.

## Grades, caps and floors
policy-grade-no-when = `{ $grade }` has no condition, and only the last grade goes without. Write `when`.
policy-grade-last-when = The last grade takes all who are left, so it has no condition. Take `when` out, or add a last grade.
policy-grade-never = Nobody can meet this condition, so no rule gives `{ $grade }`. Compare it with what the points can reach.
policy-grade-shadowed = Whoever meets this condition already met that of `{ $by }`, so no rule gives `{ $grade }`.
policy-grade-shadowed-help = Rules are tried best first. Make the earlier one stricter, or this one wider.
policy-grade-covered = Whoever meets this condition already met one of those before, so no rule gives `{ $grade }`. Make them stricter, or this one wider.
policy-grade-last-never = The conditions before leave nobody over, so no rule gives `{ $grade }`. Check whether one of them is too wide.
policy-bound-never = The condition of `{ $id }` never holds. Compare it with what the values can be.
policy-cap-idle = `{ $id }` caps at the best grade, which bounds nobody. Name a worse grade.
policy-floor-idle = `{ $id }` grants the last grade, which everybody has. Name a better grade.
policy-cap-floor = The cap `{ $cap }` and the floor `{ $floor }` can both hold for one customer, and they pull apart.
policy-cap-floor-help = The cap wins. If that is meant, say so by leaving these customers out of the floor’s condition.

## Guarantees
policy-statement-help = A guarantee says one of: COND implies grade at_most 'g' · COND implies grade at_least 'g' · monotone in NAME · independent of NAME · reachable 'g'.
policy-statement-expects-in = `in` and a name
policy-statement-expects-of = `of` and a name
policy-statement-expects-implies = `implies grade at_most '…'`
policy-statement-expects-grade = `grade`
policy-statement-expects-side = `at_most` or `at_least`
policy-statement-unknown = Nothing called `{ $name }` can rise or fall: name an indicator or a measure.
policy-statement-unknown-field = Neither a measure nor a record field is called `{ $name }`. Correct the name.

## Other parts
policy-unused-measure = The measure `{ $name }` is used nowhere.
policy-unused-parameter = The parameter `{ $name }` is used nowhere.
policy-unused-table = The table `{ $name }` is used nowhere.
policy-unused-alias = The grade of the policy `{ $name }` is used nowhere.
policy-unused-help = Take it out, or use it where it was meant.
policy-parameter-no-value = The parameter `{ $name }` has no value on { $date }. Add one without `from`, or with an earlier date.
policy-on-date = This is so from { $date }, when a parameter changes.
policy-parameter-empty = The parameter `{ $name }` has no values. Add at least one.
policy-parameter-order = The values of `{ $name }` stand in the order of their dates, and only the first may have none. Put them in order.
policy-rate-positive = An exchange rate is positive: how much one unit is worth in the policy’s currency.
policy-rate-own = { $currency } is the policy’s own currency and needs no rate. Take it out.
policy-rate-twice = There already is a rate of { $currency } from { $date }. Keep one.
policy-rate-missing = There is no rate for { $currency } on { $date }. Add it to the policy’s rates; it is never taken as 1.
policy-rate-range = Converted from { $currency } at the rate of { $date }, the figure leaves the exact range. Check the amount and the rate.
policy-group-bound = `{ $text }` is not a bound. Write "group" for no better than the group, or "group + 1" for one notch above at most.
policy-group-of-group = A group policy has no group of its own. Take [group] out.
policy-group-subject = `{ $policy }` grades customers, not groups. Name a policy with subject = "group".
policy-group-scale = A group bound compares grades, and the scales differ: here { $here }, in `{ $policy }` { $there }. Use one scale in both.
policy-group-idle = A member may stand { $notches } notches above its group, and there are { $grades } grades: the bound never lowers anybody. Write fewer notches, or take [group] out.
policy-quorum-range = A quorum of { $quorum } does not fit { $seats } seats.
policy-majority-form = `{ $majority }` is not a majority. Write "simple", or a fraction of at least one half such as "2/3".
policy-review-incomplete = Without { $keys } the office cannot act on this part, as if it were not there. Add what is missing.
policy-confirmed-by = A fall is confirmed by at least 1 run. Write 1, or leave it out.
policy-without-committee = Two people cannot decide { $alone } notches where at most { $notches } are allowed. Lower it, or raise `notches`.
policy-example-unknown = `{ $name }` is not something that can be given: it is no measure, judged indicator or used policy.
policy-example-unknown-help = Examples give measures; what follows from them is worked out.
policy-example-derived = `{ $name }` is worked out from measures and cannot be given. Give its measures.
policy-example-type = `{ $name }` is { $wanted }. Give one.
policy-example-level = `{ $name }` is judged: give points from 0 to 100, or one of its levels: { $levels }.
policy-example-empty = The example expects nothing, so it tests nothing. Add a grade, scores or caps.

## proofs, examples, differences

policy-ahp-empty = The matrix has no rows. Write one row and one column for each item.
policy-ahp-square = Row { $row } of the matrix has { $found } entries, and there are { $wanted } rows. Give every row { $wanted } entries.
policy-ahp-positive = Row { $row }, column { $column } says `{ $value }`. A comparison is a positive number, usually between 1/9 and 9.
policy-ahp-diagonal = Row { $row }, column { $column } says `{ $value }`. An item compared with itself is 1.
policy-ahp-reciprocal = Row { $row }, column { $column } says `{ $value }`, and the other way round it says `{ $back }`. One must be 1 divided by the other (within 1%).

policy-prove-unreadable = This guarantee cannot be read. Write `COND implies grade at_most 'g'`, `COND implies grade at_least 'g'`, `monotone in NAME`, `independent of NAME` or `reachable 'g'`.
policy-prove-direction = No indicator says which way is better for `{ $measure }`. Guarantee it of an indicator, whose `better` says so.

policy-example-date = This example has no date to be graded on. Give it `as_of`, or the policy `effective`.
policy-example-uncompiled = The policy cannot be used on the date of this example. `pinji policy check` says why.
policy-example-unknown-name = `{ $name }` is no measure, judged indicator or alias of this policy. Correct the name, or leave it out.
policy-example-unfit = `{ $name }` cannot be `{ $value }`. Give a value of the measure’s type; a judged indicator takes a level or points.
policy-example-grade = Grade
policy-example-score = Score { $score }
policy-example-caps = Caps that bind

policy-diff-policy = { $what }: { $old } → { $new }.
policy-diff-what-id = Id
policy-diff-what-version = Version
policy-diff-what-name = name
policy-diff-what-purpose = Purpose
policy-diff-what-effective = Effective from
policy-diff-what-currency = Currency
policy-diff-what-coverage = Share of a score’s weight that must have data
policy-diff-what-subject = What is graded
policy-diff-customers = customers
policy-diff-groups = corporate groups
policy-diff-none = none
policy-diff-yes = yes
policy-diff-no = no

policy-diff-added = New: { $what } { $name }.
policy-diff-removed = No longer there: { $what } { $name }.
policy-diff-a-parameter = the parameter
policy-diff-a-measure = the measure
policy-diff-a-use = the grade of
policy-diff-a-table = the standard table
policy-diff-a-derivation = the derivation of weights
policy-diff-a-rate = the exchange rate
policy-diff-a-kind = the record kind
policy-diff-a-field = the field
policy-diff-parameter = Parameter { $name }: { $what } { $old } → { $new }.
policy-diff-measure = Measure { $name }: { $what } { $old } → { $new }. It may have another value for every customer.
policy-diff-use = Grade used as { $name }: { $what } { $old } → { $new }.
policy-diff-rate = Exchange rate { $name }: { $what } { $old } → { $new }. Amounts in that currency change with it.
policy-diff-field = Field { $name }: { $what } { $old } → { $new }.
policy-diff-derivation = Weights of { $name }: { $what } { $old } → { $new }.
policy-diff-table = Standard table { $name }: { $what } { $old } → { $new }. It bears on every indicator that takes its bands from it.
policy-diff-table-row = Standard table { $name }, { $row }: edges { $old } → { $new }. Customers of that line are measured by the new edges.
policy-diff-what-values = values
policy-diff-what-kind = records
policy-diff-what-take = what is taken
policy-diff-what-value = value
policy-diff-what-where = condition
policy-diff-what-period = period
policy-diff-what-members = members
policy-diff-what-accounts = accounts
policy-diff-what-complete = members without a figure
policy-diff-what-policy = policy
policy-diff-what-type = type
policy-diff-what-points = points
policy-diff-what-derivation = derived by
policy-diff-take-given = given with the customer
policy-diff-take-latest = the newest record
policy-diff-take-aggregate = all records of the period together

policy-diff-dimension = Dimension { $name }: { $what } { $old } → { $new }.
policy-diff-dimension-added = New dimension: { $name }. All other weights count for less.
policy-diff-dimension-removed = The dimension { $name } is gone. All other weights count for more.
policy-diff-what-weight = weight
policy-diff-indicator = { $name }: { $what } { $old } → { $new }.
policy-diff-indicator-added = New indicator: { $name }, { $share } of its dimension. Every customer is asked for it.
policy-diff-indicator-removed = The indicator { $name } is gone; it was { $share } of its dimension. It counts for nobody any more.
policy-diff-weight = { $name }: weight { $old } → { $new }, from { $before } to { $after } of its dimension.
policy-diff-share = { $name }: from { $before } to { $after } of its dimension, because other weights changed.
policy-diff-what-means = meaning
policy-diff-what-clause = clause
policy-diff-what-dimension = dimension
policy-diff-what-formula = formula
policy-diff-what-unit = unit
policy-diff-what-decimals = decimals
policy-diff-what-better = better is
policy-diff-better-higher = more
policy-diff-better-lower = less
policy-diff-better-neither = neither
policy-diff-what-scoring = scored
policy-diff-by-bands = by bands
policy-diff-by-table = by a standard table
policy-diff-by-map = by a list of texts
policy-diff-by-judges = by judgement
policy-diff-what-interpolate = inside a band
policy-diff-interpolated = points rise with the value
policy-diff-stepped = points stay the same
policy-diff-what-table = standard table
policy-diff-what-key = chosen by
policy-diff-what-otherwise = word for all others
policy-diff-what-unlisted = a text that is not listed gets
policy-diff-missing = counts as missing
policy-diff-what-judges = judged by
policy-diff-what-fresh = opinions count for
policy-diff-what-reconcile = opinions are brought together by
policy-diff-what-experts = fewest experts
policy-diff-what-spread = greatest spread
policy-diff-mean = their mean
policy-diff-median = their median
policy-diff-consensus = agreement
policy-diff-fewer = Customers with { $name } { $range } get { $points } points fewer.
policy-diff-more = Customers with { $name } { $range } get { $points } points more.
policy-diff-other = Customers with { $name } { $range } get other points ({ $points }).
policy-diff-between = { $low } and { $high }
policy-diff-from = from { $value }
policy-diff-above = above { $value }
policy-diff-below = below { $value }
policy-diff-up-to = up to { $value }
policy-diff-any = of any value
policy-diff-band-names = { $name }: bands are called otherwise; points stay the same.
policy-diff-text-fewer = Customers with { $name } `{ $text }` get { $points } points fewer ({ $old } → { $new }).
policy-diff-text-more = Customers with { $name } `{ $text }` get { $points } points more ({ $old } → { $new }).
policy-diff-text-added = { $name } has `{ $text }` now, with { $new } points.
policy-diff-text-removed = { $name } has `{ $text }` no longer; it had { $old } points.
policy-diff-level-words = { $name }, level `{ $text }`: the words changed, the points did not.
policy-diff-missing-rule = Customers without { $name }: { $old } → { $new }.
policy-diff-missing-refuse = not graded
policy-diff-missing-worst = the fewest points of the list
policy-diff-missing-reweight = the other indicators count for more
policy-diff-missing-points = { $points } points

policy-diff-score = Score { $name }: { $what } { $old } → { $new }.
policy-diff-score-weight = Score { $name }: weight of { $dimension } { $old } → { $new }.
policy-diff-score-added = New score: { $name }.
policy-diff-score-removed = The score { $name } is gone.
policy-diff-what-order = Grades from best to last
policy-diff-grade = Grade { $name }: { $what } { $old } → { $new }.
policy-diff-grade-added = New grade: { $name }, given when { $when }.
policy-diff-grade-removed = The grade { $name } is gone; it was given when { $when }.
policy-diff-grade-when = Grade { $name } was given when `{ $old }`, and is now given when `{ $new }`.
policy-diff-what-class = class
policy-diff-what-review = looked at again every
policy-diff-entitlement = Customers graded { $name }: { $entitlement } { $old } → { $new }.
policy-diff-cap = Cap `{ $id }`: at most { $old } when `{ $old_when }` → at most { $new } when `{ $new_when }`.
policy-diff-cap-added = New cap `{ $id }`: customers for whom `{ $when }` are at most { $grade } ({ $reason }).
policy-diff-cap-removed = The cap `{ $id }` is gone: customers for whom `{ $when }` were at most { $grade } ({ $reason }).
policy-diff-floor = Floor `{ $id }`: at least { $old } when `{ $old_when }` → at least { $new } when `{ $new_when }`.
policy-diff-floor-added = New floor `{ $id }`: customers for whom `{ $when }` are at least { $grade } ({ $reason }).
policy-diff-floor-removed = The floor `{ $id }` is gone: customers for whom `{ $when }` were at least { $grade } ({ $reason }).
policy-diff-bound = `{ $name }`: { $what } { $old } → { $new }.
policy-diff-what-reason = reason
policy-diff-guarantee-added = New guarantee: `{ $says }`.
policy-diff-guarantee-removed = No longer guaranteed: `{ $says }`.
policy-diff-what-group = Bound by the group
policy-diff-group-rule = at most { $notches } above the group’s grade by `{ $policy }`
policy-diff-what-seats = Seats of the committee
policy-diff-what-quorum = Quorum
policy-diff-what-majority = Majority
policy-diff-what-notches = Notches that an override may move
policy-diff-what-expires = An override expires after
policy-diff-what-second = An override needs a second person
policy-diff-what-appeal = Appeals within
policy-diff-what-answer = Appeals are answered within
policy-diff-what-secret = Secret ballot
policy-diff-what-majority-of = The majority is taken of
policy-diff-of-votes = votes for or against
policy-diff-of-present = those who take part
policy-diff-of-seats = all seats
policy-diff-what-casting = The chair decides where votes are equal
policy-diff-what-circulation = A vote without a meeting takes at most
policy-diff-what-reasons = Reasons for an override
policy-diff-what-alone = Notches that two people decide without the committee
policy-diff-what-emergency = An emergency override holds at most
policy-diff-what-confirmed = Runs in a row before a grade falls
policy-diff-what-cool-down = No rise after a fall for
policy-diff-what-lane-notches = Fast lane: notches
policy-diff-what-lane-first = Fast lane: first grades
policy-diff-what-lane-never = Fast lane: never
policy-diff-what-lane-coverage = Fast lane: least coverage
