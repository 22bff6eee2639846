### Sentences of the office: submissions, people, groups, the ledger.

## Workflow: submissions and their audit
workflow-wrong-state = The submission { $state }, so you cannot { $command } it. Load the page again to see where it stands.
workflow-state-draft = is still a draft
workflow-state-submitted = waits for its audit
workflow-state-audited = is audited
workflow-state-withdrawn = was withdrawn
workflow-state-returned = was returned
workflow-state-undone = was undone
workflow-command-confirm = confirm
workflow-command-withdraw = withdraw
workflow-command-accept-by-rule = accept by rule
workflow-command-audit = audit
workflow-command-undo = undo
workflow-bad-rows = There are { $bad } rows with bad cells, but { $out } are to be left out. Download the marked copy, mend it and send it again, or confirm that all bad rows are left out.
workflow-nothing-to-submit = There is no row that could be submitted. Download the marked copy, mend it and upload it again.
workflow-not-the-maker = Only who collected or confirmed the submission can withdraw it. Ask the collector.
workflow-own-work = The auditor cannot be who collected or confirmed the submission, nor act for them. Hand it to another auditor.
workflow-reason-missing = Give a reason.
workflow-reason-missing-row = Row { $row } is not accepted. Give a reason.
workflow-reason-missing-field = `{ $field }` in row { $row } is not accepted. Give a reason.
workflow-no-such-row = The submission has no row { $row }. Load the page again.
workflow-not-waiting = Row { $row } was accepted by rule and does not wait for an audit. If it is wrong, audit the others and undo the batch, or send a correction.
workflow-field-not-changed = Row { $row } does not change `{ $field }`. Load the page again and judge only fields that differ.
workflow-bad-row-accepted = Row { $row } has bad cells and cannot be accepted. Return it to the collector.
workflow-required-field-alone = Row { $row } is a new record, and without `{ $field }` there is none, so this field cannot be refused alone. Refuse or return the row.
workflow-unjudged = { $rows } rows are not fully judged, the first is row { $first }. Judge them one by one, or all the rest at once.
workflow-not-trusted = No kind of record in it has a sampling rate on the channel `{ $channel }`. An auditor must judge it.
workflow-already-ruled = The submission was accepted by rule already. Audit the rows that were drawn or are suspicious.
workflow-partly-accepted = Part of the submission is in the register by rule, so it cannot be withdrawn. Audit the remaining rows, then undo it.
workflow-used-by-run = Run { $run } has used these records, so they cannot be undone. Send a correction.
workflow-overtaken = The later submission { $by } changed some of these records, so they cannot be undone. Send a correction, or undo the later one first.

## Workflow: rows that cannot be taken
workflow-flaw-cells = Some cells of this row could not be understood; see the marked copy.
workflow-flaw-no-customer = This row names no customer. Add its number.
workflow-flaw-contradicts = Row { $row } is about the same record and says something else. Keep the one that is right.

## Workflow: suspicious changes
workflow-doubt-jump = `{ $field }` is reported as { $value }, far from { $usual }, the median of this customer's { $past } past values. Check the source.
workflow-doubt-unit-large = `{ $field }` is reported as { $value }, about { $factor } times { $usual }, its median so far. Check the unit.
workflow-doubt-unit-small = `{ $field }` is reported as { $value }, about one part in { $factor } of { $usual }, its median so far. Check the unit.
workflow-doubt-sign = `{ $field }` is reported as { $value }, on the other side of zero than ever before (median { $usual }). Check it.
workflow-doubt-identity = This does not add up: { $identity }. Left { $left }, right { $right }, allowance { $allowed }. Check each of them.
workflow-doubt-gap = Periods are missing after { $before }; the first is { $missing }. Send them, or say why there are none.
workflow-doubt-overlap = It overlaps the period of { $other }. Check the periods.
workflow-doubt-reversed = It ends on { $to }, before it begins on { $from }. Check the dates.
workflow-doubt-future = `{ $field }` is { $date }, which has not come yet. Check the date.
workflow-doubt-same-code = `{ $field }` { $code } belongs to customer `{ $other }` already; they may be one. Check it.
workflow-doubt-similar-name = The name `{ $name }` is { $likeness } like that of customer `{ $other }`; they may be one. Check it.
workflow-doubt-resent = It says exactly what submission { $earlier } said; it may have been sent twice. Check it.

## Workflow: what is overdue
workflow-due-fresh = { $kind } of customer `{ $customer }` should have been renewed by { $due } and is { $days } days late. Collect the next one.
workflow-due-every = { $kind } of customer `{ $customer }` should have come in by { $due } and is { $days } days late. If nothing has changed, say so.

## Access: who may do what, and who somebody is
access-not-signed-in = Sign in first to do this: { $action }.
access-not-your-role = None of your roles may do this: { $action }. If your work needs it, ask a security administrator for the role.
access-not-yours = You may do this, but not here: { $action }. It belongs to another team or unit; ask those who look after it.
access-not-in-this-state = Not possible in its present state: { $action }. Load the page again to see how far it has come.
access-not-the-maker = Only who made it may do this: { $action }. Ask the maker.
access-needs-permission = This is confidential: { $action } needs a permission. Ask for one, with purpose and time.
access-own-work = The maker is never the checker: another must do this with what you made: { $action }. Hand it to a colleague.
access-own-role = Nobody gives himself a role. Another security administrator must do this: { $action }.
access-own-user = An administrator changes neither his own user nor his own team. Another one must do this: { $action }.
access-own-account = You look after this customer, so you may not do this: { $action }. Hand it to a colleague.
access-conflict = You have a conflict of interest here and stand aside: { $action }. Hand it to a colleague.
access-system-administrator = System administrators read no ratings and no customers' data: { $action }. Ask somebody of the business.
access-security-administrator = Security administrators have no business rights: { $action }. Ask somebody of the business.
access-audit-administrator = Audit administrators write nothing: { $action }. Ask somebody whose role it is.
access-customer-only = A customer sees its own data, committed grade and notices only: { $action }. Ask your account manager.
access-token-expired = The API token has expired. Sign in and make a new one.
access-token-scope = The API token was not made for this: { $action }. Make one with that scope.
access-token-step-up = A person who signs in again does this, not a token: { $action }. Sign in to do it.
access-second-factor = This needs a second factor: { $action }. Set up an authenticator app or a passkey in your settings, then sign in again.
access-elevation = Show again who you are to do this: { $action }. The elevation lasts ten minutes.
access-wrong-kind = This is not done to a thing of this kind: { $action }. Check the address of the request.
access-undecidable = Whether this is allowed could not be decided, so it is refused: { $action }. Tell the system administrator the request's number.
access-apart-two-administrators = System, security and audit administrator are three people: who is `{ $held }` cannot become `{ $wanted }`. Take the role back first, or choose somebody else.
access-apart-administrator-in-business = An administrator has no part in the business: who is `{ $held }` cannot become `{ $wanted }`. Take the role back first, or choose somebody else.
access-apart-supervises-itself = Who supervises the rating takes no part in it: who is `{ $held }` cannot become `{ $wanted }`. Take the role back first, or choose somebody else.
access-apart-customer-in-office = A customer holds no role in the office: who is `{ $held }` cannot become `{ $wanted }`. Use another user.
access-password-too-short = The password is too short: at least { $least } characters. Several unrelated words are long and easy to keep in mind.
access-password-too-long = The password is too long: at most { $most } bytes. Shorten it.
access-password-common = Many have this password, so it is guessed first. Choose one that only you would think of.
access-password-pattern = The password is mostly a row of keys, a count or a repetition. Choose one without a pattern.
access-password-names = The password is mostly your name or log-in, or the company's or the product's name. Choose one that has nothing to do with them.
access-log-in-wait = Too many log-ins failed. Try again in { $seconds } seconds, or use a device on which you have signed in before.
access-totp-wrong = That is not the code of this moment. Type the six figures that the app shows now, and check that the phone's clock is right.
access-totp-used = This code was used already. Wait for the next one.
access-session-idle = You were signed out since nothing was asked for a while. Sign in again.
access-session-over = The session has reached its longest time. Sign in again.
access-session-revoked = Your password or user was changed after you signed in. Sign in again.
access-link-expired = The set-up link has expired. Ask a security administrator for a new one.
access-link-used = The set-up link was used already. If that was not you, tell a security administrator at once.
access-token-malformed = The API token is cut off or mistyped. Copy it whole and try again.
access-token-no-scope = The API token has no scope. Choose at least one action.
access-token-bad-expiry = The API token must end after now and within a year. Choose another time.
access-passkey-malformed = What the browser sent for the passkey cannot be read. Try again, or update the browser.
access-passkey-wrong-challenge = The passkey answers another request, or too late. Try again.
access-passkey-wrong-site = The passkey was made for another site. Check the address in the browser.
access-passkey-not-verified = The device did not check who you are. Confirm with fingerprint, face or the device's PIN.
access-passkey-unsupported = This device uses an algorithm or attestation that is not taken. Use another device.
access-passkey-wrong-user = This is another user's passkey. Choose your own.
access-passkey-bad-signature = The passkey's signature does not fit. Try again; if it fails again, sign in another way.
access-passkey-cloned = The passkey's counter went back: there may be a copy of it. Stop using it and tell a security administrator.
access-action-customer-list = list customers
access-action-customer-read = open a customer
access-action-customer-write = change a customer
access-action-customer-assign = assign a customer
access-action-record-read = read records
access-action-submission-create = send records in
access-action-submission-read = open a submission
access-action-submission-confirm = confirm a submission
access-action-submission-withdraw = withdraw a submission
access-action-submission-audit = audit a submission
access-action-submission-undo = undo an audited submission
access-action-relation-read = read relations
access-action-relation-write = change relations
access-action-group-read = open a group
access-action-group-decide = decide on a group's members
access-action-run-create = start a run
access-action-run-read = open a run
access-action-run-cancel = stop a run
access-action-grade-read = read a grade
access-action-grade-regrade = grade a customer again
access-action-access-request = ask for a permission
access-action-access-approve = approve a permission
access-action-user-read = see users
access-action-user-write = manage users
access-action-grant-propose = propose a role
access-action-grant-approve = approve a role
access-action-team-write = manage teams
access-action-token-read = see API tokens
access-action-token-write = make or revoke API tokens
access-action-kind-read = read record kinds
access-action-policy-read = read policies
access-action-ledger-read = read the ledger
access-action-job-read = follow a job
access-action-notification-read = read notices
access-action-export-bulk = export in bulk
access-action-system-read = read the system's state
access-role-collector = collector
access-role-updater = updater
access-role-auditor = auditor
access-role-expert = expert
access-role-committee-member = committee member
access-role-committee-chair = committee chair or secretary
access-role-rating-administrator = rating administrator
access-role-account-manager = account manager
access-role-risk-officer = risk officer
access-role-supervisor = supervisor
access-role-system-administrator = system administrator
access-role-security-administrator = security administrator
access-role-audit-administrator = audit administrator
access-role-customer = customer
access-what-customer = customer
access-what-record = record
access-what-submission = submission
access-what-edge = relation
access-what-group = corporate group
access-what-run = run
access-what-grade = grade
access-what-access = permission
access-what-user = user
access-what-grant = role grant
access-what-team = team
access-what-token = API token
access-what-kind = record kinds
access-what-policy = policies
access-what-ledger = ledger
access-what-job = job
access-what-notification = notice
access-what-export = bulk export
access-what-system = system
access-relation-own = own
access-relation-team = own team
access-relation-other-team = other team
access-relation-other-group = other unit
access-relation-conflict = conflict of interest
access-state-draft = draft
access-state-in-review = in review
access-state-committed = committed
access-secrecy-internal = internal
access-secrecy-confidential = confidential
access-field-general = general
access-field-personal = personal
access-field-figure = figures
access-field-restricted = restricted
access-field-opinion = opinions and score lines
access-field-grade = grade
access-field-reason = released reasons

## Ledger: entries and their verification
ledger-number-not-whole = The number `{ $number }` has no exact form. Hand it in as a whole number or as text.
ledger-too-deep = Lists and objects stand more than { $most } deep in each other. Hand in a flatter value, or its digest.
ledger-too-long = An entry may have { $most } bytes, and this one has more. Keep the content elsewhere and its digest in the entry.
ledger-instant-out-of-range = { $micros } microseconds since 1970 is no time that a calendar shows. Check the server’s clock.
ledger-field-missing = The entry lacks `{ $field }`, which every entry must have. Hand it in.
ledger-field-wrong = The entry’s `{ $field }` holds a value of another type than belongs there. Read it with the version that wrote it.
ledger-field-unknown = The entry has a field `{ $field }` that this program does not know. Read it with the version that wrote it.
ledger-not-json = This is not JSON from column { $column } on: it was edited, cut off or damaged. Compare it with a backup.
ledger-not-canonical = This is not the one form in which entries are written: it was edited, or converted by another program. Export it again.
ledger-not-opened = A ledger is opened by its first entry, which names its algorithm, and by no other. Open a new ledger, or leave this entry out.
ledger-frontier-damaged = The kept edge of the ledger’s tree is damaged. Restore the last backup, then run `pinji ledger verify`.
ledger-not-a-hash = `{ $text }` is not a hash. 32 bytes in base64 belong here; copy it again, whole.
ledger-key-name = `{ $name }` cannot be the name of a ledger’s key. Use letters, digits, dots and slashes, such as `example.com/ledger`.
ledger-key-form = This is not a verifier key. Copy it again, whole: `name+id+base64`.
ledger-note-form = This is not a signed note, or it was damaged or changed on its way. Ask whoever keeps it for the original.
ledger-not-signed = No key of this ledger signed this: it is forged, belongs to another ledger, or was signed by an older key. Give all keys that the ledger has had.
ledger-signature-false = `{ $key }` did not sign this, though it says so: it is forged, or was changed afterwards. Ask whoever keeps it for the original.
ledger-checkpoint-form = This is no checkpoint: name, size and root belong in it, each on its line. Ask whoever keeps it for the original.
ledger-origin-differs = This is a checkpoint of `{ $found }`, and the key is that of `{ $expected }`. Give the key of the same ledger.
ledger-proof-form = This is not the proof of an entry, or it was damaged on its way. Have it made again.
ledger-proof-false = The proof does not lead from this entry to the signed root: the entry is not number { $index } of that ledger, or the proof is forged. Have it made again.
ledger-entry-broken = Entry { $seq }: { $why }
ledger-seq-differs = Entry { $seq }: what stands here says that it is entry { $found }. Entries were deleted, inserted or put in another order; compare with a backup from here on.
ledger-chain-broken = Entry { $seq }: when it was written, entry { $before } was another one. Entry { $before } was edited or exchanged since; compare it with a backup.
ledger-opening-wrong = Entry 0: it does not open the ledger of this key. It was changed, or the key belongs to another ledger; check the key first.
ledger-paper-broken = `{ $name }`: { $why }
ledger-algorithm-differs = `{ $name }`: it was made with { $found }, which is not how this ledger hashes. Ask who made it.
ledger-fork = `{ $name }` and `{ $other }`: both are truly signed over { $size } entries, with different roots. Whoever holds the key vouched for two histories; ask them.
ledger-root-differs = `{ $name }`: entries { $since } to { $last } are not all those that it was signed over. Compare them with a backup from before it.{ $others ->
    [0] {""}
    [one] {" "}One later checkpoint fails with it.
   *[other] {" "}{ $others } later checkpoints fail with it.
}
ledger-truncated = `{ $name }`: it was signed over { $size } entries, and { $entries } are here, of which a checkpoint still vouches for the first { $since }. The end was cut off, or an older copy was put back; look for a newer backup.{ $others ->
    [0] {""}
    [one] {" "}One more checkpoint is larger than the ledger.
   *[other] {" "}{ $others } more checkpoints are larger than the ledger.
}
ledger-entry-proof-false = `{ $name }`: this does not prove that entry { $seq } stands in the ledger. Where the ledger itself holds, the proof is forged.
ledger-no-checkpoint = No checkpoint can be believed here, so nothing vouches for the ledger. Get one from whoever keeps them outside.

## Groups: relations, control, members, measures and grades
groups-list = { $before }, { $next }
groups-tie-equity = share
groups-tie-voting = voting rights
groups-tie-management = management control
groups-tie-joint = joint control
groups-tie-family = kinship
groups-tie-other = other relation
groups-evidence-register = public register
groups-evidence-disclosure = published report
groups-evidence-contract = contract
groups-evidence-statement = the customer’s statement
groups-evidence-nothing = no evidence
groups-test-control = Test 1: controls another member company, or is controlled by one
groups-test-same-company = Test 2: is controlled by the same company as another member
groups-test-same-persons = Test 3: is controlled by the same person, or near relatives, as another member
groups-test-judgement = Test 4: has other relations; decided by a person
groups-controller-company = Controlled in the end by `{ $name }`
groups-controller-person = Controlled in the end by the person `{ $name }`
groups-controller-family = Controlled by near relatives together: { $names }
groups-controller-circle = The members hold each other; nobody outside controls them
groups-reason-leads =
    { $companies ->
        [one] Controls 1 other company of the group, and nobody controls it
       *[other] Controls { $companies } other companies of the group, and nobody controls it
    }
groups-reason-same-company = Controlled, like other members, by `{ $controller }`, which controls { $companies } companies
groups-reason-same-person = Controlled, like other members, by `{ $person }`: { $companies } companies together
groups-reason-same-family = Controlled, like other members, by near relatives ({ $persons }): { $companies } companies together
groups-reason-circle = One of { $companies } companies that control each other in a circle
groups-step-votes-one = { $holders } has { $held } of the votes of `{ $company }`, enough to control it
groups-step-votes-several = { $holders } have { $held } of the votes of `{ $company }` together, enough to control it
groups-step-agreement-one = { $holders } controls `{ $company }` by agreement
groups-step-agreement-several = { $holders } must agree to decide about `{ $company }`, and all belong to one group
groups-holding-votes = { $holder }: { $share } (relation { $relation })
groups-holding-agreement = { $holder }: party to the agreement (relation { $relation })
groups-undecided = `{ $one }` and `{ $other }` have another relation ({ $relation }). Whether they count as one group is for a person to say: look at the evidence, then decide with a reason.
groups-doubt-overlap = The relations { $kept } and { $dropped } are of one kind between the same parties and hold at once; only { $kept } counts. Check them, and end the one that no longer holds.
groups-doubt-unknown-share = Relation { $relation } has no share; it counts neither as votes nor as ownership. Add the share.
groups-doubt-equity-beyond = Shares of `{ $company }` sum to { $sum }, more than the whole; they were cut in proportion. Check the holders’ shares and dates.
groups-doubt-votes-beyond = Votes of `{ $company }` sum to { $sum }, more than there are; control takes more than half of what is recorded. Check the holders’ votes and dates.
groups-doubt-agreements-clash = Several are recorded as controlling `{ $company }` by agreement; only all of them together count as doing so. Look at the agreements and keep the one that holds.
groups-doubt-joint-alone = Relation { $relation } is joint control without another party; nobody counts as controlling the company. Add the other parties.
groups-doubt-anonymous = The holder of relation { $relation } was not named, and is not joined with other unnamed holders. Ask the customer.
groups-doubt-distant-kin = Relation { $relation } is beyond near relatives (three generations direct, two collateral); no rule counts it. If the two act together, record joint control or another relation.
groups-refused-unknown-party = A party of the relation is not on the list. Record the company or person first.
groups-refused-ends-before = The relation holds from { $from }, yet only until { $last }. Correct the dates.
groups-refused-kin-of-company = Kinship is between two named persons. Correct one of them, or the kind of relation.
groups-refused-generations = The kinship is over { $generations } generations; it is at least 2 (the person is the first; parents, children and siblings are the second). Correct it.
groups-refused-target = Only a company can be owned or controlled. Correct the party that is.
groups-refused-itself = Other than a company with its own shares, nobody is related to itself. Correct one of the parties.
groups-bound-lowered =
    { $notches ->
        [one] At most `{ $at_most }`, lowered by 1 notch because of the group’s grade
       *[other] At most `{ $at_most }`, lowered by { $notches } notches because of the group’s grade
    }
groups-bound-within = At most `{ $at_most }`; the grade is within what the group allows
groups-bound-group-ungraded = The group is ungraded and bounds no member
groups-bound-only-member = The group has one member and does not bound it
groups-bound-ungraded = The member is ungraded
groups-bound-notch = From `{ $from }` to `{ $to }`
groups-part-own = { $member }: its own statement
groups-part-consolidated = { $member }: its consolidated statement, members below it included
groups-part-within = { $member }: within the consolidated statement of `{ $above }`
groups-part-missing = { $member }: missing, not included
groups-part-unweighted = { $member }: its weight is missing, not included

## Office: people, sessions, roles
app-sign-in-refused = These are not the credentials of anybody here. Check name, password and code, and try again.
app-code-needed = The code of your authenticator app is needed too. Send it as `code`.
app-session-unknown = The session or token is not good any more. Sign in again.
app-session-needed = A person does this in a session, not a program with a token. Sign in to do it.
app-link-unknown = This one-time link is not known here. Copy it whole, or ask a security administrator for a new one.
app-login-form = A name to sign in with has 2 to 64 characters: small letters, digits, point, dash, underscore; a letter or digit first.
app-login-taken = `{ $login }` is somebody's name to sign in with already. Choose another.
app-login-twice = Each of the three people needs a name of their own to sign in with.
app-email-form = This is no mail address. Write it as `name@company.example`.
app-line-form = Write 1 to { $most } characters, without line breaks.
app-user-unknown = There is no user { $user } who could be chosen. Look the number up in the list of users.
app-user-state-unknown = A user is `active`, `locked` or `closed`.
app-state-unknown = There is no state `{ $state }`. Take one that the documentation names.
app-role-unknown = There is no role `{ $role }`. Take one that the documentation names.
app-role-already = The user has the role `{ $role }` already, or it waits for approval. Look at the list of roles given.
app-grant-decided = This is decided or ended already. Load it again to see how it stands.
app-time-past = This time is over. Choose one that is to come.
app-action-unknown = There is no action `{ $action }`. Take one that the documentation names.
app-token-revoked = The token was revoked already.
app-no-factor-begun = No new second factor was begun. Begin one first.
app-customer-unknown = There is no such customer. Check the number.
app-not-confidential = This customer is not confidential, so nobody needs a permission to read it.
app-permit-time = A permission ends after now and within { $days } days.
app-permit-already = You have asked for this already, or hold it. Look at your permissions.
app-permit-decided = This is decided already. Load it again to see how it stands.
app-permit-longer = A permission ends after now, and not later than was asked for.
app-tree-larger = The ledger has no tree of this size. Take a size from 1 to that of the newest checkpoint.
app-key-unreadable = The key file `{ $file }` cannot be read. Put it back from the backup of the folder `keys`.
app-ledger-of-another-key = The database holds the ledger `{ $ledger }`, but the folder has the key of `{ $key }`. Put the folder `keys` that belongs to it in place.
app-notice-role-proposed = The role { $role } was proposed for somebody and waits for your approval.
app-notice-role-approved = The role { $role } that you proposed was approved.
app-notice-role-refused = The role { $role } that you proposed was refused.
app-notice-permit-given = You may read the confidential data of customer { $customer }.
app-notice-permit-refused = Your request to read the confidential data of customer { $customer } was refused.

## Office: record kinds, policies, customers, records
app-rules-outdated = The file `{ $file }` by which the office works is not good any more: { $says } Load it again, mended.

## Server: problems
server-problem-malformed-request = The request cannot be read
server-problem-idempotency-key-needed = The header Idempotency-Key is missing or unusable
server-problem-bad-cursor = The cursor is not one of ours
server-problem-not-signed-in = Not signed in
server-problem-forbidden = Not allowed
server-problem-cross-site-request = The request does not come from here
server-problem-elevation-needed = Show again who you are
server-problem-not-found = Not found
server-problem-method-not-allowed = This method is not possible here
server-problem-conflict = This stands against the rules or what is there
server-problem-still-working = The first request is still being worked on
server-problem-stale = Somebody else was quicker
server-problem-too-large = The request is too large
server-problem-unsupported-type = A body of this type is not read here
server-problem-invalid = Something in the request cannot be taken
server-problem-idempotency-key-reused = The key belongs to another request
server-problem-version-needed = Say which version you change
server-problem-too-many-requests = Too many requests
server-problem-internal-error = Something broke
server-problem-unavailable = Not available for the moment
server-problem-no-room = No room left
server-show-second-factor = Send password and code to `POST /api/v1/session/elevation`, then send this request again within ten minutes.
server-nothing-here = There is nothing here that you could see. Check the address.
server-changed-by-another = It was changed since you read it. Read it again and make your change on what stands now.
server-if-match-needed = Send the header If-Match with the ETag of what you read.
server-if-match-unclear = If-Match must name exactly one version, as the ETag did.
server-json-wanted = Send JSON, with `Content-Type: application/json`.
server-body-broken-off = The body broke off. Send it again.
server-field-not-as-declared = This is not as declared: { $why }.
server-no-json = This is no JSON: { $why }.
server-query-unclear = The part after the question mark cannot be read: { $why }.
server-page-limit = A page has 1 to { $most } entries.
server-cursor-not-ours = Take the cursor from `next` of the page before, for the same list; or begin again without one.
server-no-instant = `{ $text }` is no instant. Write it as `2026-11-22T08:00:00Z`.
server-not-from-here = What changes something must come from the office's own pages. A program sends a token, or the header Origin with the office's address.
server-sign-in-first = Sign in first, or send a token; one of the two, not both.
server-key-needed = Send the header Idempotency-Key with a text of your own choice, a new one for each new request.
server-key-unusable = Idempotency-Key must have 1 to 128 visible ASCII characters.
server-key-used-for-another = This key was sent with another request before. Choose a new one.
server-first-still-working = Wait a moment and send the request again under the same key.
server-too-many-requests = Wait { $seconds } seconds.

## Store
store-newer-schema = This database was written by a newer program (step { $found }; this one knows steps up to { $known }). Nothing was touched; please use the newer program.
store-cannot-open = The database at `{ $place }` cannot be opened. Check the path, the rights, and whether the database server is running.
store-stale = Somebody has changed it since you looked (it is now version { $version }). Load it again and repeat your change.
store-moved = Its state has changed and this step is no longer possible. Load the page again to see where it stands.
store-taken = { $what } exists already. Use the existing one, or another number.
store-missing = { $what } does not exist, or has been moved. Check the number.
store-rule-own-submission = Who collected or entered a submission cannot audit it. Ask another auditor.
store-rule-own-grant = Nobody gives a role to himself, or approves one for himself. Ask somebody else.
store-rule-own-proposal = Who proposed a role cannot approve it. Ask another person.
store-rule-own-access = Who asked for access cannot approve it. Ask another person.
store-rule-own-group = Who proposed a member cannot decide on it. Ask another person.
store-rule-kept = What is kept is neither changed nor deleted (rule `{ $rule }`). Add a correction instead.
store-rule = The rule `{ $rule }` of the database does not allow this. Check what was entered.
store-busy = Others are writing, and the wait was too long. Try again in a moment.
store-full = The disk is full and nothing was kept. Free some space and try again.
store-failed = The database failed and nothing was kept. Try again in a moment; if it stays, give the request's number to the system administrator.
store-what-customer = Such a customer
store-what-record = Such a record
store-what-submission = Such a submission
store-what-file = Such a file
store-what-user = Such a user
store-what-team = Such a team
store-what-grant = Such a grant
store-what-token = Such a token
store-what-access = Such a permission
store-what-relation = Such a relation
store-what-group = Such a group
store-what-run = Such a run
store-what-job = Such a job
store-what-answer = An answer to this request
store-what-row = Such a row

## Runs and the commands of the office
cli-serve-listening = The office is open at { $origin } (listening on { $listen }).
cli-serve-setup = Nobody is there yet. Open this link within 24 hours to set the office up: { $link }
cli-serve-ended = The office is closed.
cli-serve-needs-origin = Listening on `{ $listen }` does not say under which address people come. Name it with --origin, such as https://pinji.example.
cli-serve-cannot-listen = Cannot listen on `{ $listen }`: { $why }. Choose another address with --listen, or end the program that uses it.
cli-ledger-holds = The ledger is what was signed: { $entries } entries, of which { $checkpoints ->
    [one] one checkpoint vouches
   *[other] { $checkpoints } checkpoints vouch
} for the first { $covered }.
cli-ledger-broken = The ledger is not what was signed, or nothing vouches for it: { $n ->
    [one] one finding
   *[other] { $n } findings
} in { $entries } entries.
cli-ledger-uncovered = No checkpoint covers the last { $n } entries yet; the office signs at intervals and when it closes.
cli-ledger-key = Verifier key: { $key }
cli-ledger-exported = The ledger was written to { $path }; an independent check: python3 tools/verify_ledger.py { $path } --key KEY --checkpoints FOLDER
app-no-office-here = There is no office in `{ $path }`: the file pinji.db is not there. Name the folder that pinji serve was given, or the database with --database.
app-office-broken = The office cannot be opened or has failed: { $why }
app-inspect-needs-key = There is no key to verify with. Name the folder of the office, or a verifier key with --key.
app-inspect-needs-checkpoints = There is nothing to hold the ledger against. Name the folder of the office, or that with the checkpoints with --checkpoints.
app-inspect-leaf = Entry { $seq }: the hash kept beside it is not its own. The entry or the hash was changed in the database; compare it with a backup.
app-inspect-edge = The tree’s edge that the database keeps ({ $kept } entries) is not that of the { $entries } entries here. Entries were added, removed or changed past the program; compare with a backup.

## Office: signing in by the company's directory
app-sign-on-away = The company’s directory does not answer, so nobody can be signed in by it now. Try again in a moment; a local account with its password works meanwhile.
app-sign-on-before-set-up = The office is not set up yet. Set it up with the link that pinji serve has printed; then the directory lets people in.
app-sign-on-forgotten = This sign-in was not begun in this browser, or more than ten minutes ago. Begin it again from the first page.
app-sign-on-used = This sign-in was finished already. Begin it again from the first page.
app-sign-on-without-code = The directory sent you back without a code. Begin again; if it happens again, tell who looks after the directory.
app-sign-on-refused-there = The directory did not let you in: `{ $error }`. Begin again, or ask who looks after the directory.
app-sign-on-locked = Your account here is locked or closed. Ask a security administrator.
app-sign-on-unknown = The directory knows you, but you have no account here. Ask a security administrator for one.
app-sign-on-without-login = The directory does not say under which name you sign in. Ask who looks after it to send that claim, or to name another with `login_claim` in oidc.toml.
app-sign-on-unusable = What the directory says about you cannot be taken: { $says }
app-sign-on-login-taken = There is a local account `{ $login }` already, and it is not yours by the directory alone. Sign in with its password, or ask a security administrator for another name.
app-sign-on-roles-apart = The directory’s group `{ $group }` would give you a role that goes together with none of yours: { $says } You were not signed in and nothing was changed. Ask who looks after the directory to take you out of one of the groups.
app-sign-on-elevate-by-password = This session was opened with a password. Elevate it with the password and the second factor.
app-sign-on-not-anew = The directory has not asked you anew who you are. Begin the elevation again and sign in there.
app-sign-on-another-person = The directory says that you are somebody else than whose session this is. Sign out first.

## OpenID Connect: what a provider says, and the file oidc.toml
oidc-token-unreadable = The directory’s answer cannot be read, so you are not signed in. Begin again; if it happens again, tell who looks after the directory.
oidc-token-algorithm = The directory’s answer is signed in a way that is not allowed here, so it proves nothing. Tell who looks after the directory: `algorithms` in oidc.toml says what is allowed.
oidc-token-signature = The signature on the directory’s answer is by none of its keys, so it proves nothing. Begin again; if it happens again, tell a security administrator.
oidc-token-of-another-issuer = The answer is not by the directory that this office asks, so it proves nothing. Tell a security administrator.
oidc-token-for-another = The directory’s answer is meant for another program, so it proves nothing here. Tell a security administrator.
oidc-token-expired = The directory’s answer is not valid any more. Begin again; if it happens again, compare the clocks of the two machines.
oidc-token-too-early = The directory’s answer is valid only later. Compare the clocks of the two machines.
oidc-token-for-another-sign-in = The directory’s answer belongs to another sign-in than yours, so it proves nothing. Begin again; if it happens again, tell a security administrator.
oidc-answer-of-another-issuer = You come from another directory than the one that you were sent to. Begin again; if it happens again, tell a security administrator.
oidc-code-refused = The directory does not take its code back: it was used before, or is too old. Begin again.
oidc-userinfo-of-another = The directory tells about another person than the one who signed in. Tell a security administrator.
oidc-groups-elsewhere = You are in more groups than the directory puts into its answer (claim `{ $claim }`). Ask who looks after it to send only the groups of this program.
oidc-groups-unreadable = The claim `{ $claim }` with your groups is no list of names. Ask who looks after the directory, or name another claim with `groups_claim` in oidc.toml.
oidc-config-unreadable = `{ $path }` cannot be read: { $why }
oidc-config-issuer = The issuer `{ $issuer }` in oidc.toml is no address under https. Write it as the provider does, such as https://login.example/realms/staff.
oidc-config-secrets = The client’s secret stands in more than one place. Keep one of client_secret, client_secret_file and PINJI_OIDC_CLIENT_SECRET.
oidc-config-algorithm = There is no algorithm `{ $name }` in oidc.toml that can be allowed. Take some of { $known }.
oidc-config-role = The group `{ $group }` in oidc.toml has the role `{ $role }`, which a directory cannot give or which there is not. Take one that the documentation names.
oidc-config-client = The connection to the directory cannot be prepared: { $why }. Look at ca_file in oidc.toml and at the certificates of this machine.
cli-serve-without-oidc = The folder has an oidc.toml, but this pinji was built without OpenID Connect. Build it with --features oidc, or take the file away.
