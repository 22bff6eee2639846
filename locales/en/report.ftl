### Sentences of reports, charts and workbooks.

## Why a value is missing
missing-not-reported = not reported
missing-stale = out of date
missing-undefined = cannot be computed
missing-unlisted = not on the list
missing-too-few-experts = too few experts
missing-disagreement = experts too far apart
missing-ungraded = the other rating gave no grade
missing-only-member = the only member of its group

## Common
customers = { $n ->
    [one] { $n } customer
   *[other] { $n } customers
}
label-value = { $label }: { $value }
period-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
period-months = { $n ->
    [one] { $n } month
   *[other] { $n } months
}
period-years = { $n ->
    [one] { $n } year
   *[other] { $n } years
}

## Charts
chart-empty = nothing to draw
chart-total = Total
chart-share-of-row = share of the row

## The report of a run
report-customers = { $n ->
    [one] { $n } customer
   *[other] { $n } customers
}
report-groups = { $n ->
    [one] { $n } group
   *[other] { $n } groups
}
report-headline = { $graded } of { $subjects } graded; { $best }: { $count } ({ $share })
report-nothing = Nothing was graded
report-lead = { $policy }, version { $version }, as of { $date }
report-foot = Made by Pinji { $engine }. The same data, policy and program version always give the same report; pinji verify checks it.
report-subtitle = n = { $n } · { $date } · { $policy } { $version }
report-previous = Previous { $date }
report-current = Now { $date }
report-ungraded = Ungraded
report-all = All
report-tile-graded = Graded
report-tile-ungraded = Ungraded
report-tile-moved = Moved
report-tile-moved-note = { $up } up, { $down } down, { $otherwise } into or out of a grade
report-tile-full = Complete data
report-tile-bounds = Caps and floors that bound
report-tile-bounds-note = of { $n ->
    [one] { $n } rule
   *[other] { $n } rules
}
report-bar = { $n } ({ $share })
report-stop = {"; "}

report-grade = Grade
report-count = Number
report-count-customers = Customers
report-count-groups = Groups
report-share = Share
report-before = Before
report-change = Change
report-subject = Name and id
report-score = Score
report-why = Why
report-interval = Interval
report-dimension = Dimension
report-indicator = Indicator
report-cause = Cause
report-reason = Reason
report-class = Class
report-condition = Condition

report-distribution = Grades
report-distribution-table = How many have which grade
report-distribution-same = Every grade has as many as before
report-distribution-rose = { $grade } grew by { $n }
report-distribution-fell = { $grade } shrank by { $n }
report-distribution-largest = { $grade } is the largest grade: { $n }, or { $share }

report-first = Look at these first
report-first-note = { $n ->
    [one] One, chosen by change of grade, caps, missing values and money. Please check it first.
   *[other] The { $n } chosen by change of grade, caps, missing values and money. Please check them first.
}
report-why-cap = cap: { $reason }
report-why-cap-gone = no longer capped: { $reason }
report-why-floor = floor: { $reason }
report-why-missing = missing: { $indicator } ({ $cause })
report-why-loss = lost: { $indicator }, { $points } points
report-why-change = changed: { $indicator }, { $points } points
report-why-nearly-up = only { $gap } points short of { $grade }
report-why-nearly-down = only { $gap } points above the line to { $grade }
report-why-fell = grade fell by { $n ->
    [one] { $n } notch
   *[other] { $n } notches
}
report-why-rose = grade rose by { $n ->
    [one] { $n } notch
   *[other] { $n } notches
}
report-why-ungraded = ungraded: { $cause }
report-why-stake = much money is at stake
report-ungraded-refused = the required indicator “{ $indicator }” is missing
report-ungraded-coverage = coverage is below the minimum
report-ungraded-no-lines = no indicator is left to score by

report-movement = Compared with the previous run
report-movement-table = From the previous grade (rows) to this one (columns)
report-from-to = Previous \ now
report-movement-conclusion = { $same } ({ $share }) unchanged, { $up } rose, { $down } fell, { $otherwise } got or lost a grade
report-movement-other-scale = The two runs use different scales; only numbers are shown
report-movement-note = The previous run used version { $version }. { $joined } joined and { $left } left; they are not in the matrix.
report-movers = Who moved furthest
report-move = Move

report-scores = Scores
report-scores-table = { $score } by interval
report-scores-conclusion = { $score }: median { $middle }, half lie between { $low } and { $high }

report-profile = Dimensions by grade
report-profile-table = Mean points by dimension (0–100)
report-profile-conclusion = { $dimension } sets the grades apart most: { $best } { $high }, { $last } { $low }

report-coverage = Coverage and missing values
report-coverage-table = How many have which coverage
report-coverage-class = Coverage
report-coverage-conclusion = All indicators are there for { $subjects } ({ $share })
report-missing-table = Missing indicators
report-missing-conclusion = { $indicator } is missing most: { $subjects }

report-bounds = Caps and floors
report-bounds-table = Rules and how many they bound
report-bound = Limit
report-at-most = at most
report-at-least = at least
report-clause = Clause { $clause }
report-bounds-conclusion = The rule that bound most is “{ $reason }”: { $subjects }
report-bounds-none = No rule changed a grade

report-ungraded-why = Ungraded, and why
report-next-step = Next step
report-step-refused = Supply what the indicator needs, then grade again
report-step-coverage = Supply the missing indicators with the largest weights first
report-step-no-lines = Check whether there are any data at all

report-policy = The policy in short
report-rules-table = Grade rules, from the top; the first that holds counts
report-otherwise = all others
report-weights-table = Weights of the dimensions in the scores
report-guarantees = Guarantees
report-says = Statement
report-proof = Proof
report-proved = ✓ proved
report-not-proved = ✗ not proved

report-facts = What it can be derived from
report-facts-note = From these the run can be derived again and compared byte by byte.
report-policy-id = Policy
report-as-of = As of
report-policy-hash = Policy hash
report-snapshot-hash = Snapshot hash
report-engine = Program version
report-left-out = Bad rows left out
report-inputs = Input files
report-file = File
report-bytes = Bytes

## The printed policy
print-version = Version { $version }
print-version-effective = Version { $version }, in force from { $date }
print-chapter = { $number }. { $title }
print-foot = This text was made from the policy file and says exactly what is graded by. Where they differ, the file counts.
print-general = General
print-weights = Dimensions and weights
print-indicators = Indicators and points
print-measures = Where values come from
print-tables = Standard tables
print-grades = Grades and entitlements
print-bounds = Caps, floors and the group
print-guarantees = Guarantees
print-review = Review and appeal
print-derivations = Where the weights come from
print-examples = Examples
print-files = Version and hashes
print-subject = Who is graded
print-id = Id
print-currency = Currency
print-min-coverage = Least coverage
print-uses = Uses the grade of
print-rule-points = Every indicator gets 0 to 100 points by its value; dimensions and scores are weighted sums, weights being taken as shares of their total.
print-rule-exact = A value is rounded half to even to its decimals before it is scored, and a score is the sum of its parts.
print-rule-missing = Missing is not zero: each indicator says what a missing value does.
print-rule-order = The order is: grade rules, floors, caps, and last the group's bound.

print-weights-table = Weights of the indicators
print-weight = Weight
print-weight-in-dimension = Within dimension
print-weight-in-score = Of { $score }
print-score-table = Weights in { $score }
print-score-conclusion = { $dimension } weighs most in { $score }: { $share }
print-score-subtitle = { $policy } { $version } · { $n ->
    [one] score with { $n } decimal
   *[other] score with { $n } decimals
}

print-indicator-heading = { $name } (weight { $weight })
print-formula = Formula
print-unit = Unit
print-unit-decimals = { $unit }, { $n ->
    [one] { $n } decimal
   *[other] { $n } decimals
}
print-source = Source
print-better = Direction
print-better-higher = higher is better
print-better-lower = lower is better
print-missing = When missing
print-missing-refuse = not graded
print-missing-worst = the lowest points
print-missing-reweight = left out; its weight goes to the other indicators
print-missing-points = { $points } points
print-clause = Clause
print-points = Points
print-value = Value
print-points-table = Points
print-points-interpolated = Points (in a straight line within a band)
print-band-name = Name
print-any-value = any value
print-any-other = anything else
print-counts-as-missing = counts as missing
print-by-table = Scored by “{ $table }”, the row being chosen by { $keys }.
print-by-table-interpolated = Scored by “{ $table }”, the row being chosen by { $keys }, in a straight line between edges.
print-levels-table = Levels
print-level = Level
print-means = Meaning
print-judged-by = Judged by
print-reconcile = Several opinions
print-reconcile-mean = their mean, of at least { $n }
print-reconcile-median = their median, of at least { $n }
print-reconcile-consensus = their mean when they agree, of at least { $n }
print-reconcile-spread = at most { $points } points apart
print-reconcile-fresh = only those of the last { $period }

print-measures-table = Measures
print-measure = Measure
print-parameters = Parameters
print-parameter = Parameter
print-from = From
print-from-the-beginning = the beginning
print-rates = Exchange rates
print-rate-in = In { $currency }
print-points-at = { $points } points
print-beyond = Worse than the last edge: { $points } points.
print-table-source = Source: { $source }

print-grades-note = From the top; the first grade whose condition holds counts.
print-review-every = Reviewed every
print-entitlements = What each grade gives
print-entitlement = Entitlement
print-caps = Caps: when the condition holds, the grade is at most
print-floors = Floors: when the condition holds, the grade is at least
print-cap-beats-floor = Where a cap and a floor both hold, the cap counts.
print-group = A member of a group is at most { $n ->
    [one] { $n } notch
   *[other] { $n } notches
} above the group's own grade by “{ $policy }”.
print-group-same = A member of a group is never above the group's own grade by “{ $policy }”.
print-guarantees-note = These are proved from the file for every possible customer, not tested on some.
print-undecided = ? undecided
print-unchecked = not checked
print-refuted = ✗ does not hold, for instance: { $example }

print-seats = Committee
print-quorum = Quorum
print-quorum-of = { $n ->
    [one] { $n } member
   *[other] { $n } members
}
print-majority = Majority
print-override = Override
print-override-notches = at most { $n ->
    [one] { $n } notch
   *[other] { $n } notches
}
print-override-expires = expires after { $period }
print-override-second = needs a second person
print-appeal = Customers may appeal
print-appeal-answer = Appeals are answered
print-within = within { $period }
print-fast-lane = Fast lane
print-fast-lane-notches = the administrator accepts what moves at most { $n ->
    [one] { $n } notch
   *[other] { $n } notches
}
print-fast-lane-first = first grades as well
print-fast-lane-not-first = not for first grades
print-fast-lane-coverage = from a coverage of { $coverage } on
print-fast-lane-never = never for { $grades }
print-majority-of-votes = { $majority } of the votes for or against
print-majority-of-present = { $majority } of those who take part
print-majority-of-seats = { $majority } of all seats
print-ballot = Ballot
print-ballot-open = open
print-ballot-secret = secret, only totals are kept
print-casting-vote = the chair decides where votes are equal
print-circulation = without a meeting within { $period }
print-override-alone = two people decide { $n ->
    [one] { $n } notch
   *[other] { $n } notches
} without the committee
print-override-emergency = in an emergency two people decide at once, for { $period } at most
print-override-reasons = Reasons for an override
print-steady-fall = A grade falls
print-steady-runs = when { $n ->
    [one] { $n } run says
   *[other] { $n } runs in a row say
} so, or the committee
print-steady-rise = After a fall
print-steady-after = the grade does not rise for { $period }

print-ahp = { $of }: pairwise comparison (AHP)
print-ahp-judge = Comparisons by { $judge } (CR = { $cr })
print-ahp-together = The judges' geometric mean has CR = { $cr }: { $verdict }.
print-consistent = consistent enough
print-inconsistent = not consistent enough
print-compared = Row against column
print-derived = The weights that come out
print-weighed = What is weighed
print-entropy = { $of }: entropy weights
print-entropy-from = Computed from { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
} as of { $date }; hash of the data:
print-examples-table = The policy's own tests; all must pass before it is published
print-example = Example
print-given = Given
print-result = Result
print-example-caps = caps: { $caps }
print-example-no-caps = no cap binds
print-files-note = The hash covers the bytes of all files; any change alters it.
print-version-word = Version
