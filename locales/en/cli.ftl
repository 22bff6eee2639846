### Sentences of the command line, the use cases and the workbook.

## Progress
app-stage-sample = Making the sample book
app-stage-read = Reading data
app-stage-measure = Taking measures
app-stage-grade = Grading
app-stage-write = Writing results
app-stage-compare = Comparing
cli-progress-rate = { $rate }/s, { $left } left

## Errors and refusals
cli-error = error:
cli-warning = warning:
cli-note = note:
cli-help = help:
cli-cannot-print = cannot write to standard output: { $why }
cli-cannot-read-stdin = cannot read standard input: { $why }
app-policy-has-errors = { $n ->
    [one] the policy has an error
   *[other] the policy has { $n } errors
} and cannot be used; correct what is shown above and try again
app-bad-cells = { $n ->
    [one] a cell cannot be read as what it should be; nothing was graded and no result was written. Correct it, or leave its row
   *[other] { $n } cells cannot be read as what they should be; nothing was graded and no result was written. Correct them, or leave their rows
} out with --skip-bad-rows
app-no-row-left = no row of `{ $file }` would be left without its bad cells; nothing was graded and nothing written. Correct them, the first are shown above
app-lacking = { $n ->
    [one] the policy reads something that the data do not have
   *[other] the policy reads { $n } things that the data do not have
}; nothing was graded and nothing written
app-without-unknown = --without: the policy reads nothing called `{ $id }`; name a measure, a record kind, or a field of one as kind.field
app-without-unknown-near = --without: the policy reads nothing called `{ $id }`; did you mean `{ $near }`?
app-note-without-needless = --without `{ $id }` was not needed: the data have it, and it was read
app-note-no-groups = no column says which group a customer belongs to, so no group's grade bounded its members (`customer.group`)
app-note-no-group-grade = the sheet brings no group's grade, so none bounded its members (a column `group_grade` would)
app-note-marked-removed = `{ $path }` was removed: its marked copies were those of an earlier refusal
app-customer-left-out = `{ $customer }` was not graded, its row was left out: { $rows }
app-left-row = row { $row } of { $file }: { $cells }
app-left-cell = { $cell } ({ $heading }) says `{ $says }`: { $why }
app-cannot-read = cannot read `{ $path }`: { $why }
app-cannot-write = cannot write `{ $path }`: { $why }
app-out-needs-name = `{ $path }` cannot be the output folder: name one with --out
app-out-is-a-file = `{ $path }` is there already and is not a folder; choose another place with --out
app-not-a-run = `{ $path }` is not the folder of a run and is not overwritten; choose another place with --out
app-not-a-demo = `{ $path }` is not a folder of the demo and is not overwritten; choose another place with --out
app-stranger-in-run = `{ $path }` holds `{ $file }`, which is not part of a run, and is not overwritten; move that file or choose another --out
app-no-run-here = there is no run.json in `{ $path }`: it is not the folder of a run
app-run-json-broken = `{ $path }` cannot be understood: { $why }
app-run-of-other-form = the run is kept in form { $form }, which this program does not know; use the version that made it
app-run-without-date = the as-of date `{ $value }` in run.json is not a date
app-run-without-snapshot = `{ $path }` keeps no snapshot (a streaming run keeps grades alone), so nothing can be derived from it; rate again without --write grades
app-says-unclear = `{ $says }` cannot be asked: { $why }
app-policy-not-yet = policy `{ $policy }` takes effect on { $effective } and was not in force on { $as-of }
app-verify-needs-data = `{ $path }` is a streaming run and keeps no snapshot; name the original data with --data to verify it
app-verify-needs-linked = the run read records of kind `{ $kind }` where they lay; say where they lie now with --linked { $kind }=PATH
app-verify-not-linked = the run read no linked records of kind `{ $kind }`; those that it read so: { $known }
app-verify-linked-without-data = linked records are measured again together with the other data; name those with --data
app-no-straight-path = `{ $path }` cannot be rated straight through: it has another form than the data of this run
app-verify-other-data = this is not the file that the run read: it has { $bytes } bytes and sha256 { $sha256 }; the run read { $read-bytes } bytes with sha256 { $read-sha256 }
app-verify-not-graded = these are the data that the run read, and yet they cannot be graded as run.json says
app-path-outside-run = the path `{ $path }` in run.json points outside the folder
app-no-policy = there is no policy to grade by
app-no-such-policy = there is no policy `{ $path }`: no such file, and none of the shipped policies ({ $names })
app-used-policy-missing = the used policy `{ $alias }` gave no grades
app-no-such-money = `{ $measure }` is not a measure of this policy that holds numbers, so it cannot be --money
app-no-such-customer = there is no customer `{ $customer }` in this run
app-no-such-customer-near = there is no customer `{ $customer }` in this run; did you mean { $near }?
app-no-such-dimension = the policy has no dimension `{ $dimension }`; there are: dimensions, { $names }
app-other-subjects = the two runs rate different things (customers and groups) and cannot be compared
app-snapshot-lacks = the snapshot of this run lacks { $n } measures that the other policy needs: { $measures }. Simulate on the data instead, with --policy, --data and --as-of
app-file-exists = `{ $path }` is there already and is not overwritten; choose another name
app-no-counterexample = there is no counterexample to write: nothing was refuted

## Usage
usage-unknown-argument = there is no argument `{ $what }`
usage-unknown-command = there is no command `{ $what }`
usage-missing-command = a command is missing
usage-missing-argument = a required argument is missing: { $what }
usage-conflict = `{ $what }` cannot be used together with `{ $other }`
usage-twice = `{ $what }` can be given only once
usage-no-value = `{ $what }` needs a value
usage-too-many-values = `{ $what }` has too many values
usage-bad-value = `{ $value }` is not a value for `{ $what }`
usage-not-text = an argument holds bytes that are no text
usage-did-you-mean = did you mean `{ $what }`?
usage-valid-values = it may be one of: { $what }
usage-expects-date = it must be a date of the calendar such as 2025-12-31
usage-expects-address = it must be an address with a port, such as 127.0.0.1:8080
usage-expects-ip = it must be a network address, such as 10.0.0.2
usage-expects-origin = it must be the address that people type, such as https://pinji.example, without a path
usage-expects-instant = it must be an instant such as 2026-01-10T00:00:00Z
usage-expects-linked = it must be a record kind and a path such as transaction=/ledgers/transactions
usage-expects-number = it must be a whole number within the range
usage-see-help = See --help for examples and all options.

## Help
help-heading-examples = Examples:
help-heading-usage = Usage:
help-heading-commands = Commands
help-heading-arguments = Arguments
help-heading-options = Options
help-heading-common = Common options
help-exit-codes =
    Exit codes:
      0  done; the answer is yes
      1  the answer is no: findings, bad cells, a difference, a refuted guarantee, a failed example
      2  it could not be done: usage, unreadable or unwritable files
help-arg-lang = Language, zh or en; also PINJI_LANG; by the locale otherwise
help-arg-json = Print the answer as JSON, for programs
help-arg-plain = No colours, drawing characters or progress (NO_COLOR is respected too)
help-arg-quiet = No talk, only the answer
help-arg-help = Print help
help-arg-version = Print the version
help-arg-policy = Policy file, or the name of a shipped policy; - is standard input
help-arg-data = Data: one .xlsx, .csv, .csv.gz or .parquet file, or a folder of record files
help-arg-as-of = As-of date YYYY-MM-DD; nothing known later is seen
help-arg-maps = Map a heading, such as "Tax paid=revenue*10000" or "資料年月=period:roc"; may be repeated
help-arg-skip-bad-rows = Leave rows with bad cells out instead of stopping
help-arg-without = Accept that the data lack these: measures, record kinds, or fields as kind.field; separated by commas
help-arg-threads = Threads; all processors otherwise
help-arg-memory = Memory for measures in MiB before rows go to temporary files; 2048 otherwise
help-arg-money = Measure that says what a customer is worth; revenue, sales or purchases otherwise
help-arg-run = Folder of a run
help-arg-top = How many movers to list; 20 otherwise
help-arg-file = Policy file, or the name of a shipped policy; - is standard input
help-arg-files = Policy files, or names of shipped policies
help-pinji = Pinji grades business customers by a written policy: fairly, explainably, reproducibly.
help-pinji-examples =
    pinji demo
    pinji rate --policy tob-standard --data book --as-of 2025-12-31 --out graded
    pinji explain graded C0042
    pinji verify graded
help-rate = Rate: customers and a policy in; grades with reasons, workbook and report out
help-rate-examples =
    pinji rate --policy tob-standard --data book --as-of 2025-12-31 --out graded
    pinji rate -p my-policy.toml -d customers.xlsx --as-of 2025-12-31 -o this-year --previous last-year
    pinji rate -p wholesale-rfm -d orders.csv --as-of 2011-12-10 -o rfm --skip-bad-rows
    pinji rate -p big.toml -d customers.parquet --as-of 2025-12-31 -o big --write grades
help-rate-out = Folder for the results; it appears when complete, and replaces an earlier run there
help-rate-previous = Folder of the run before; the report tells what moved since
help-rate-write = all, or grades alone without workbook, lines and report
help-rate-dry-run = Do everything but write nothing
help-verify = Verify: derive a run again from its own snapshot and policy, compare every byte, name what differs
help-verify-examples =
    pinji verify graded
    pinji verify graded --data book
    pinji verify graded --json
help-verify-data = The original data, to take the measures again too
help-verify-linked = Where the records of a linked kind lie now, with --data: a folder, or the one file
help-verify-all = Show all places that differ, not only the first twelve
help-explain = Explain one customer: the grade and why, the sums, what would change it
help-explain-examples =
    pinji explain graded C0042
    pinji explain graded "Some Company Ltd"
    pinji explain graded C0042 --json
help-explain-customer = Customer id, or the full name
help-simulate = Simulate: what another policy would do, who moves and why, how much money is at stake
help-simulate-examples =
    pinji simulate graded --against draft.toml
    pinji simulate --policy now.toml --against draft.toml --data book --as-of 2025-12-31
help-simulate-run = Folder of a run: its policy and its snapshot
help-simulate-policy = The policy now; together with --data and --as-of
help-simulate-against = The policy to try
help-compare = Compare two runs: migration matrix, who moved and why
help-compare-examples =
    pinji compare last-year this-year
    pinji compare last-year this-year --top 50 --json
help-compare-before = Folder of the first run
help-compare-after = Folder of the second run
help-demo = Demo: make the book of an invented company and rate it
help-demo-examples =
    pinji demo
    pinji demo --out /tmp/demo --customers 500
    pinji demo --lang zh
help-demo-out = Folder of the demo; pinji-demo otherwise
help-demo-customers = How many customers; 2000 otherwise
help-demo-seed = Seed; the same seed always gives the same book
help-policy = Policies: check, test, prove, explain, print, compare
help-policy-examples =
    pinji policy new my-policy.toml
    pinji policy check my-policy.toml
    pinji policy prove my-policy.toml
    pinji policy print my-policy.toml --format html --out policy.html
help-policy-check = Check: everything that is wrong, at once, with its place
help-policy-check-examples =
    pinji policy check my-policy.toml
    pinji policy check policies/tob-standard.toml --json
    cat draft.toml | pinji policy check -
help-policy-test = Test: run the examples in the policy
help-policy-test-examples =
    pinji policy test my-policy.toml
    pinji policy test tob-standard credit-nine-level
help-policy-prove = Prove: prove the guarantees, or give a counterexample
help-policy-prove-examples =
    pinji policy prove tob-standard
    pinji policy prove my-policy.toml --says "monotone in net_margin" --counterexample found.csv
help-policy-prove-says = Statement to prove instead of those in the file; may be repeated
help-policy-prove-as-of = As of which date; the effective date otherwise
help-policy-prove-nodes = How many parts each proof may look at
help-policy-prove-counterexample = Write the counterexamples as a wide CSV that rate confirms
help-policy-explain = Explain: what the policy says, in words
help-policy-explain-examples = pinji policy explain tob-standard
help-policy-print = Print: a clean bilingual document for publication
help-policy-print-examples =
    pinji policy print my-policy.toml --format html --out policy.html
    pinji policy print tob-standard > policy.md
help-policy-print-format = markdown or html; markdown otherwise
help-policy-print-out = File to write; standard output otherwise
help-policy-diff = Diff: what changed between two versions, and for whom, in words
help-policy-diff-examples = pinji policy diff 2025.toml 2026.toml
help-policy-diff-before = The version before
help-policy-diff-after = The version after
help-policy-schema = Print the JSON Schema of policy files, for editors
help-policy-schema-examples = pinji policy schema > policy.schema.json
help-policy-new = New: begin with a copy of a shipped policy
help-policy-new-examples =
    pinji policy new my-policy.toml
    pinji policy new rfm.toml --from wholesale-rfm
help-policy-new-file = File to make; nothing is overwritten
help-policy-new-from = Copy of: tob-standard (otherwise), group-standard, credit-nine-level, wholesale-rfm, small
help-policy-weigh = Weigh: entropy weights from a real book, as a block to freeze into the policy
help-policy-weigh-examples =
    pinji policy weigh my-policy.toml --data book --as-of 2025-12-31
    pinji policy weigh my-policy.toml -d book --as-of 2025-12-31 --of financial >> my-policy.toml
help-policy-weigh-of = dimensions (otherwise), or the dimension whose indicators are weighed
help-serve = Serve: open the office for people and programs, until told to end (SIGTERM, Ctrl-C)
help-serve-examples =
    pinji serve --folder office
    pinji serve -f office --listen 0.0.0.0:8080 --origin https://pinji.example --proxy 10.0.0.2
    pinji serve -f office --database postgres://pinji@db.example/pinji --origin https://pinji.example
help-arg-folder = Folder of the office: keys, checkpoints, runs, and the database where none is named; made where there is none
help-arg-database = PostgreSQL database as postgres://user:password@host/name; also PINJI_DATABASE, where other users of the machine do not see it
help-arg-link-roots = A folder below which linked records may lie, and its name; may be given several times
help-serve-listen = Address to listen on; 127.0.0.1:8080 otherwise
help-serve-origin = Address under which people reach it, such as https://pinji.example; that of --listen otherwise
help-serve-checkpoints = Folder for signed checkpoints, best on another machine; checkpoints in the folder otherwise
help-serve-checkpoint-minutes = How often a checkpoint is signed, in minutes; 60 otherwise
help-serve-proxies = Address of a proxy whose X-Forwarded-For is believed; may be repeated
help-serve-company-words = Word that no password may be made of, such as the company’s name; may be repeated
help-serve-without-second-factor = Do not demand a second factor where the rules of access name one
help-serve-log = What the log on standard error holds, in the form of RUST_LOG; also PINJI_LOG
help-run = Run: grade the customers that an office keeps, as of a day; the same as POST /api/v1/runs
help-run-examples =
    pinji run --folder office --policy tob-standard --as-of 2025-12-31 --by wang.fang
    pinji run -f office -p group-standard,tob-standard --as-of 2025-12-31 --by wang.fang --out graded
    pinji run -f office -p tob-standard --as-of 2025-12-31 --known-at 2026-01-10T00:00:00Z --by wang.fang
help-run-policy = Policies by their ids, in their order, separated by commas: shipped ones and the office’s own
help-run-known-at = Up to when it was known, such as 2026-01-10T00:00:00Z; now otherwise
help-run-by = Name to sign in with of the rating administrator in whose name the run is made
help-run-name = Name of the run; made of policies and day otherwise
help-run-out = Folder for a copy of the run’s files; they also stay in the folder of the office
help-ledger = The ledger: hold what is kept against what was signed
help-ledger-examples =
    pinji ledger verify office
    pinji ledger verify office --export ledger.jsonl
help-ledger-verify = Verify: all entries against their tree and the checkpoints kept outside; says what is wrong, with the entry’s number
help-ledger-verify-examples =
    pinji ledger verify office
    pinji ledger verify office --checkpoints /mnt/elsewhere/checkpoints --key 'pinji.example/ledger+88d63d74+Ae…'
    pinji ledger verify office --database postgres://pinji@db.example/pinji
    pinji ledger verify office --export ledger.jsonl
help-ledger-verify-folder = Folder of the office
help-ledger-verify-checkpoints = Folder with the checkpoints (*.note) and proofs (*.tlog-proof) that you kept; checkpoints in the folder of the office otherwise
help-ledger-verify-keys = Verifier key that you kept, or the file that holds it; that of the folder otherwise; may be repeated
help-ledger-verify-export = File to write the ledger to, for tools/verify_ledger.py and other verifiers
help-completions = Print a completion script: bash, zsh, fish, powershell, elvish
help-completions-examples =
    pinji completions bash > /etc/bash_completion.d/pinji
    pinji completions zsh > ~/.zfunc/_pinji
help-completions-shell = Which shell: bash, zsh, fish, powershell, elvish

## Values and units
app-yes = yes
app-no = no
app-separator = ;{ " " }
app-nothing = (missing)
app-value-yuan = CNY { $value }
app-value-money = { $currency } { $value }
app-value-days = { $value } days
app-value-months = { $value } months
app-value-years = { $value } years
app-value-points = { $value } points
app-unit-yuan = CNY
app-unit-days = days
app-unit-months = months
app-unit-years = years
app-unit-points = points
app-band-otherwise = otherwise
app-band-missing = missing
app-key-all = all
app-otherwise = otherwise
app-ungraded = ungraded
app-absent = not there
app-ungraded-refused = a value that the policy requires is missing
app-ungraded-coverage = too little is known
app-ungraded-no-lines = no line is left to score

## Where measures come from
app-source-given = the customer's own row
app-source-latest = latest { $kind }
app-source-latest-fresh = latest { $kind }, not older than { $fresh }
app-source-window = { $kind } of the last { $over }
app-source-all = all { $kind } up to the as-of date
app-source-members = { $source }; { $members }
app-source-members-accounts = { $source }; { $members }, { $accounts }
app-member-itself = said of the group itself: { $figure }; its members do not count beside it
app-member-own = { $member }: { $figure }, its own
app-member-consolidated = { $member }: { $figure }, its consolidated statement, members below it included
app-member-within = { $member }: within the consolidated statement of `{ $above }`
app-member-missing = { $member }: { $cause }, not included
app-member-unweighted = { $member }: its weight is missing or below zero, not included
app-member-weighs = { $says }; weight { $weight }
app-source-filter = { $source }, where { $filter }
app-source-judged = expert opinions
app-source-group-grade = the grade of its group by `{ $policy }`
app-source-grade = the used policy `{ $alias }`

## Explanations
app-why-rule = meets the condition of { $grade }: { $when }
app-why-last = meets the condition of no better grade than { $grade }
app-why-cap = capped at { $grade }: { $reason }
app-why-group = lowered to { $grade } by its group: { $reason }
app-why-floor = held at { $grade } by a floor: { $reason }
app-why-refused = a value that the policy requires is missing, so there is no grade
app-why-coverage = less is known than the policy demands, so there is no grade
app-why-no-lines = no line is left to score, so there is no grade
app-why-loss = { $indicator }: { $value }, { $points } points
app-why-loss-of = { $indicator }: { $value }, { $points } points, which costs { $lost } of { $score }
app-missing-refuse = no grade is given
app-missing-reweight = the line drops out and its weight goes to the others
app-missing-points = counts with { $points } points
app-way-change = { $indicator } from { $now } ({ $before } points) to { $band } ({ $after } points)
app-way-value = { $indicator } from { $now } ({ $before } points) to { $value }{ $side ->
    [above] {" "}or more
    [below] {" "}or less
   *[none] {""}
} ({ $after } points)
app-moved-value = { $indicator }: { $value1 } → { $value2 } ({ $before } → { $after } points)
app-moved-points = { $indicator }: { $value } as before, { $before } → { $after } points
app-moved-weight = { $indicator }: its weight changed
app-moved-by-rules = the scores are the same; the grade rules changed
app-moved-bound-new = now binds: { $reason }
app-moved-bound-gone = no longer binds: { $reason }
app-not-in-policy = (not in the policy)
cli-grade = Grade:
cli-explain-why = Why
cli-explain-score = { $score } { $value } (coverage { $coverage })
cli-explain-dimensions = Dimensions
cli-explain-bounds = Caps and floors
cli-explain-cap = capped at { $grade }: { $reason } ({ $when })
cli-explain-floor = floor at { $grade }: { $reason } ({ $when })
cli-explain-group = at most { $grade }: { $reason }
cli-explain-of-group = Group
app-group-lowers = { $group } is graded { $grade }; on its own it would be { $own }: { $notches }
app-group-free = { $group } bounds nobody: { $cause }
app-group-any = { $group } is graded { $grade }, and allows its members any grade
app-group-allows = { $group } is graded { $grade }, and allows its members { $most } at most
app-group-notch = one notch down by the group: { $from } → { $to }
app-group-no-way = no way of its own leads above { $most } while the group's grade stands
cli-explain-missing = Missing
cli-explain-left-out = Rows left out
cli-explain-up = Way up
cli-explain-down = Way down
cli-explain-way = to { $grade }: { $changes }
cli-explain-and = ; and{ " " }
cli-explain-shared = (these rest on the same measure and may not move apart)
cli-explain-formulas = Formulas
cli-explain-members = What the members bring
cli-explain-measures = Measures and their sources
cli-explain-used = Other policies used
cli-explain-entitlements = Entitlements
cli-column-indicator = Indicator
cli-column-value = Value
cli-column-band = Band
cli-column-points = Points
cli-column-weight = Weight
cli-column-contribution = Adds
cli-column-sum = Sum
cli-column-before = Before

## Rating and data
cli-rate-head = { $policy } as of { $as-of }: { $n }
cli-rate-written = written to { $folder }: { $files }
cli-dry-run = Dry run: nothing was written.
cli-rows-left-out = { $n ->
    [one] A row with a bad cell was left out.
   *[other] { $n } rows with bad cells were left out.
}
cli-records-left-out = { $n } records of { $kind } count for nobody: unknown customers { $unknown }, without a group { $ungrouped }, without a customer { $nameless }, without a date { $undated }
cli-left-row = Row
cli-left-whom = Customer
cli-left-more-cells = { $n ->
    [one] (and another cell)
   *[other] (and { $n } other cells)
}
cli-lacking-column = no column for `{ $id }` ({ $name }){ $files ->
    [none] {""}
   *[other] {" "}in { $files }
}
cli-lacking-column-near = no column for `{ $id }` ({ $name }){ $files ->
    [none] {""}
   *[other] {" "}in { $files }
}; if `{ $near }` is meant add { $map }
cli-lacking-file = no file for `{ $id }` ({ $name })
cli-lacking-file-near = no file for `{ $id }` ({ $name }); if `{ $near }` is meant, name it after `{ $id }`
cli-lacking-unused = { $names ->
    [none] the data have no columns that nothing answers to
   *[other] columns that were not used: { $names }
}
cli-lacking-unread = { $names ->
    [none] there are no files besides those that were read
   *[other] files that were not read: { $names }
}
cli-lacking-map = if one of them goes by another heading add --map HEADING={ $target }
cli-lacking-grade = a column `{ $alias }` with the grades of { $name } does instead of what that policy reads
cli-lacking-without = if the data really have none say --without { $ids }
cli-bad-file = File
cli-bad-cell = Cell
cli-bad-heading = Column
cli-bad-says = Says
cli-bad-expected = Expected
cli-bad-more = … and { $n } more
cli-bad-marked = copy with the cells marked: { $path }
cli-written = written to { $path }

## Verification
app-seal-broken = the value of this key is not what its seal says: somebody changed it
app-file-gone = the file is not there
app-file-strange = this file is not part of the run
app-only-form-differs = the same contents, but other bytes
app-place-cell = row { $row } ({ $key }), column { $column }
app-place-columns = columns
app-place-rows = rows
app-place-line = line { $line }
cli-verify-run = the run
cli-verify-kept = kept:  { " " }
cli-verify-derived = derived:
cli-verify-more = … and { $n } more; --all shows all that are kept
cli-verify-altered = Not what the run wrote: { $files }. Other differences usually follow from that.
cli-verify-nothing = (nothing)
cli-verify-engine = the run was made by engine { $engine }; contents were compared
cli-verify-same = Verified: { $files } files of { $run }, derived again from its snapshot and policy, agree to the last byte.
cli-verify-same-data = Verified: { $files } files of { $run }, derived again from the data and the policy, agree to the last byte.
cli-verify-differs = Not verified: { $n ->
    [one] one difference
   *[other] { $n } differences
} in { $run }.

## Simulation and comparison
cli-simulate-needs = name the folder of a run, or give --policy, --data and --as-of together
cli-simulate-same = The two policies say the same.
cli-simulate-more = … and { $n } more; `pinji policy diff` tells them all
cli-simulate-same-version = The two differ and yet go by the same version; give the changed one a version of its own before it is published.
cli-simulate-head = { $policy } → { $against }, as of { $as-of }, { $n }
cli-movement-head = { $up } up, { $down } down, { $entered } into a grade, { $lost } out of one, { $same } unchanged
cli-movement-across = { $n } moved between grades that cannot be compared
cli-movement-others = { $appeared } new, { $gone } no longer there
cli-movement-money = { $measure } at stake: { $down } of those moving down, { $up } of those moving up
cli-movement-corner = from \ to
cli-movers-head = Who moves ({ $n } of { $all })
cli-compare-run = as of { $as-of }, { $policy }: { $customers } customers, { $graded } graded
cli-compare-same = The same policy and the same snapshot.
cli-compare-same-policy = The same policy on other data.
cli-compare-same-snapshot = Another policy on the same snapshot.
cli-compare-both-differ = Another policy on other data.

## Demo
app-demo-workbook = 客户资料
app-demo-spoilt = 客户报送（有误）
cli-demo-book = A sample book: { $customers } customers, { $records } records in { $files } files, in { $folder }
cli-demo-grades = Graded by { $policy } as of { $as-of }
cli-demo-moved = Since the year before: { $up } up, { $down } down, { $entered } into a grade, { $lost } out of one
cli-demo-first = Ten customers to look at first
cli-demo-spoilt = The spoilt workbook { $file } is refused: { $n } cells
cli-demo-where = Where to go from here
cli-demo-workbook = workbook
cli-demo-report = report
cli-demo-explain = explain
cli-demo-verify = verify
cli-demo-simulate = simulate
cli-demo-compare = compare

## Policies
cli-findings-count = { $errors ->
    [one] one error
   *[other] { $errors } errors
}, { $warnings ->
    [one] one warning
   *[other] { $warnings } warnings
}
cli-check-fine = { $policy } can be used: { $dimensions ->
    [one] one dimension
   *[other] { $dimensions } dimensions
}, { $indicators ->
    [one] one indicator
   *[other] { $indicators } indicators
}, { $grades ->
    [one] one grade
   *[other] { $grades } grades
}, { $bounds ->
    [one] one cap or floor
   *[other] { $bounds } caps and floors
}, { $guarantees ->
    [one] one guarantee
   *[other] { $guarantees } guarantees
}, { $examples ->
    [one] one example
   *[other] { $examples } examples
}; { $found }
cli-check-broken = { $policy } cannot be used: { $found }
cli-test-count = { $policy }: { $passed ->
    [one] one example passes
   *[other] { $passed } examples pass
}, { $failed ->
    [one] one fails
   *[other] { $failed } fail
}
app-example-number = example { $n }
cli-test-differs = { $what }: expected { $expected }, came out as { $actual }
cli-test-pass = pass
cli-test-fail = FAIL
cli-prove-proved = proved
cli-prove-refuted = refuted
cli-prove-unconfirmed = refuted (unconfirmed)
cli-prove-undecided = undecided
cli-prove-unclear = unclear
cli-prove-nodes = { $n ->
    [one] one part looked at
   *[other] { $n } parts looked at
}
cli-prove-nothing = The policy has no guarantees to prove; give a statement with --says.
cli-prove-nobody = No customer can have this grade.
cli-prove-counterexample = Counterexample
cli-prove-changed = The same customer, changed
cli-prove-bound = binds:
cli-prove-written = counterexamples written to { $path }; confirm them with pinji rate --policy { $policy } --data { $path } --as-of { $as-of } --out confirmed
cli-outline-effective = Effective
cli-outline-scores = Scores
cli-outline-indicators = Indicators
cli-outline-grades = Grades (best first; the first that holds)
cli-outline-bounds = Caps and floors
cli-outline-guarantees = Guarantees
cli-outline-missing = missing:
cli-new-next = a copy of { $from }; edit it, then: pinji policy check { $path }
cli-weigh-head = Entropy weights (from { $n } customers); put this block into the policy file:
cli-diff-none = The two versions say the same.
app-refuted-by = a counterexample exists, graded { $grade }
app-refuted-nobody = no customer can have this grade
app-subject-customer = customers
app-subject-group = corporate groups
app-role-expert = experts
app-role-committee = the committee
app-seat-executive = executive
app-seat-marketing = marketing
app-seat-finance = finance
app-seat-risk = risk
app-seat-service = service
app-seat-legal = legal
app-of-dimensions = the dimensions
app-entitlement-account-manager = account manager
app-entitlement-response-hours = response time (hours)
app-entitlement-discount = discount (%)
app-entitlement-points-rate = points rate
app-entitlement-credit-limit = credit limit
app-entitlement-payment-days = payment term (days)
app-entitlement-visits = visits a year
app-entitlement-campaigns = campaigns

## Workbook
app-sheet-summary = Summary
app-sheet-grades = Grades
app-sheet-lines = Lines
app-sheet-policy = Policy
app-fact-version = Policy
app-fact-as-of = As of
app-fact-customers = Customers
app-fact-graded = Graded
app-fact-previous = Run before
app-fact-left-out = Rows left out
app-fact-policy-hash = Policy SHA-256
app-fact-snapshot-hash = Snapshot SHA-256
app-fact-engine = Engine version
app-head-distribution = Distribution of grades
app-head-score = Distribution of { $score }
app-head-coverage = Coverage
app-head-bounds = Caps and floors
app-head-missing = Missing indicators
app-head-indicators = Indicators and bands
app-head-grades = Grades
app-head-caps = Caps
app-head-floors = Floors
app-head-guarantees = Guarantees
app-chart-distribution = Grades of { $n }
app-column-id = Customer
app-column-name = Name
app-column-grade = Grade
app-column-own-grade = Own grade
app-column-class = Class
app-column-score = Score
app-column-indicator = Indicator
app-column-value = Value
app-column-value-words = Value in words
app-column-band = Band
app-column-points = Points
app-column-weight = Weight
app-column-contribution = Contribution
app-column-missing = Missing
app-column-coverage = Coverage
app-column-reasons = Main losses
app-column-previous = Grade before
app-column-bounds = Caps and floors
app-column-bound = Reason
app-column-condition = Condition
app-column-customers = Customers
app-column-share = Share
app-column-cause = Why
app-column-range = Range
app-column-industry = Industry
app-column-size = Size
app-column-region = Region
app-column-group = Group
app-column-dimension = Dimension
app-column-clause = Clause
app-column-formula = Formula
app-column-review = Reviewed every
app-column-gives = Entitlements
app-stat-least = Least
app-stat-lower = Lower quarter
app-stat-median = Median
app-stat-upper = Upper quarter
app-stat-greatest = Greatest
app-too-many-customers = { $n } customers are more than the { $limit } rows of an Excel sheet; the rows are not in this workbook but in grades.parquet.
app-too-many-lines = { $n } lines are more than the { $limit } rows of an Excel sheet; they are not in this workbook but in lines.parquet.
