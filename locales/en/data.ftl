### Sentences of the area `data`.

## Files
data-in-file = { $file }: { $what }
data-io-not-found = not found; check the path.
data-io-denied = no permission to read or write it; close it in other programs and check its rights.
data-io-full = the disk is full; make room and run again.
data-io-other = cannot be read or written ({ $why }).
data-damaged = changed or broken while it was being read ({ $why }); run again on an undisturbed copy.
data-empty-file = the file is empty.
data-not-text = this is not text in any encoding that tables come in; save it as CSV UTF-8.
data-unknown-format = the format is not known; give .xlsx, .csv, .csv.gz or .parquet, or a folder of them.
data-old-or-locked-workbook = an old .xls workbook, or one behind a password; open it in Excel and save it as .xlsx without a password.
data-is-program = this is a program, not a table; nothing of it was read.
data-is-zip = this is an archive or a workbook, not text; if it is a workbook, name it .xlsx.
data-is-gzip = this is packed with gzip; name it .csv.gz.
data-is-parquet = this is a Parquet file; name it .parquet.
data-is-picture = this is a picture or a PDF, not a table.
data-is-not-workbook = this is not an .xlsx workbook; save it again from Excel as .xlsx, or name it .csv if it is text.
data-is-not-parquet = this is not a Parquet file, whatever it is called.
data-is-not-gzip = this is not packed with gzip; name it .csv.
data-gzip-truncated = the packed file ends too early; copy or download it again.
data-gzip-broken = the packed file is broken; copy or download it again.
data-gzip-too-large = it unpacks to more than { $most } MiB; unpack it yourself and give the .csv.
data-record-too-long = row { $row } is longer than { $most } MiB; most likely a quotation mark is missing there.
data-open-quote = the quotation mark that opens in row { $row } is never closed; add the missing `"`.
data-too-many-columns = row { $row } has more than { $most } columns; this is hardly a table of customers.
data-archive-broken = the workbook's archive is damaged ({ $why }); save it again from Excel.
data-archive-too-many-parts = the workbook has { $found } parts, more than { $most }; it is refused as hostile.
data-archive-hostile = parts of the workbook's archive overlap or stand twice; it is refused as hostile.
data-archive-locked = the workbook's archive is behind a password; save it without one.
data-archive-ratio = `{ $part }` in the workbook unpacks to more than { $most } times its size; it is refused as hostile. Save the data as CSV.
data-archive-too-large = the workbook unpacks to more than { $most } MiB; save the data as CSV or Parquet.
data-archive-doctype = `{ $part }` in the workbook has a document type definition, which Excel never writes; it is refused as hostile.
data-workbook-broken = the workbook cannot be read ({ $why }); open it in Excel and save it again.
data-workbook-too-large = the workbook is larger than { $most } MiB; save the data as CSV or Parquet.
data-workbook-too-many-rows = the sheet `{ $sheet }` would have more rows than Excel takes (1,048,576).
data-parquet-broken = the Parquet file is damaged ({ $why }).
data-parquet-footer = The footer claims to be { $mib } MiB long; at most { $most } MiB are read. Write the file anew, with larger row groups.
data-survey-problem = Column `{ $heading }`: { $says }

## Tables
data-no-tables = no file in the folder is called after a record kind; known are: { $kinds }.
data-no-rows = there are headings, but no rows below them.
data-no-headings = no known heading was found (the first row says: { $found }); name columns with --map "heading=field".
data-column-missing = the column { $field } (`{ $id }`) is missing and required; name it with --map "heading={ $id }" if it is called differently.{ $found ->
    [none] {""}
   *[other] {" "}Columns not used: { $found }.
}
data-two-columns = both this column and `{ $other }` are { $field }; rename one, or say with --map which counts.
data-two-currencies = headings name two currencies ({ $one }, { $other }); give a currency column instead.
data-unit-clash = the unit in the heading does not fit { $field } ({ $unit }).
data-parquet-type = columns of type { $type } cannot be read here; write it as text, number or date.
data-no-such-field = the record kind `{ $kind }` has no field `{ $field }`.

## Mappings
data-mapping = --map `{ $given }`: { $what }
data-mapping-form = write it as "heading=field", if need be with *factor, :unit or :roc after the field.
data-mapping-factor = `{ $factor }` is no factor; write a plain decimal such as 10000 or 0.001.
data-mapping-option = `{ $option }` is neither a calendar (roc, mdy, dmy) nor a unit such as 万元 or %.
data-mapping-no-field = no record kind has a field `{ $field }`; `pinji policy explain` lists the measures, docs/record-kinds.md the fields.
data-mapping-no-field-near = there is no field `{ $field }`; did you mean `{ $near }`?
data-mapping-no-column = the data have no column `{ $heading }`; its columns are: { $found }.
data-mapping-no-column-near = the data have no column `{ $heading }`; did you mean `{ $near }`?
data-mapping-elsewhere = the column `{ $heading }` is in `{ $file }`, and { $kind } has no field `{ $field }`.

## Bad cells
data-expected-text = a text
data-expected-integer = a whole number
data-expected-decimal = a number with at most { $decimals } decimals
data-expected-money = an amount with at most { $decimals } decimals
data-expected-number = a number
data-expected-date = a date
data-expected-flag = yes or no
data-example-integer = 1234 or 1,234
data-example-number = 1234.5 or 1,234.5
data-example-money = 1234.5, 1,234.5 or 3.2万
data-example-separated = 1,234.5 or 1234.5
data-cell-not-a-number = is no number; expected { $expected }, for instance { $example }.
data-cell-letter-for-digit = has the letter `{ $letter }` among its digits; is { $meant } meant?
data-cell-letter = has the letter `{ $letter }` among its digits; correct it to a digit.
data-cell-other-unit = is in `{ $unit }`, and the column counts { $own }; convert it.
data-cell-separators = the separators stand in the wrong places; write { $example }.
data-cell-not-whole = has decimals; a whole number is expected.
data-cell-too-many-decimals = has more than { $decimals } decimals; round it where it comes from, so that what is graded is what you see.
data-cell-too-large = is too large to be kept exactly; check the unit.
data-cell-not-finite = is not a finite number; leave the cell empty if nothing is known.
data-cell-shortened = was shortened when it was saved (E+), digits are lost; format the column as number and save again.
data-cell-unit-twice = names a scale, and so does the heading `{ $heading }`; keep one of them.
data-cell-percent = is a percentage; expected { $expected }.
data-cell-date-for-number = is a date; expected { $expected }. Check the format of the cell.
data-cell-flag-for-value = is a truth value; expected { $expected }.
data-cell-not-a-date = is no date; write 2025-03-31.
data-cell-no-such-date = is a day that the calendar does not have, or out of range; write 2025-03-31.
data-cell-day-or-month = day and month cannot be told apart; write 2025-03-31, or add :mdy or :dmy to --map.
data-cell-month-only = has no day; write 2025-03-31.
data-cell-not-a-flag = is neither yes nor no; write 是 or 否, Y or N, 1 or 0.
data-cell-not-listed = is not on the list; expected one of { $choices }.
data-cell-code-form = is no unified social credit code: 18 digits and capital letters without I, O, S, V, Z.
data-cell-code-check = the check character of the unified social credit code does not fit; it would have to be `{ $expected }`. Most likely a character is mistyped.
data-cell-excel-error = is an error that a formula left; repair the formula, or leave the cell empty.
data-cell-digits-lost = is a number of more than 15 digits, of which Excel has lost the last ones; format the column as text and enter it again.
data-cell-broken-text = has characters that the encoding of the file does not have; save the file as CSV UTF-8.
data-cell-too-long = is longer than the 32,767 characters of an Excel cell.
data-cell-required = is empty; { $field } is required.
data-cell-duplicate = { $others ->
    [one] the same key as row { $other }
   *[other] the same key as { $others } other rows, one of them { $other }
}; keep one of them.
data-cell-beyond-headings = stands beyond the last heading; most likely a separator inside a value shifted the row.

## What else to know
data-note-folder = the folder `{ $file }` was not looked into.
data-note-not-data = `{ $file }` was not read: no format of tables.
data-note-empty-file = `{ $file }` is empty.
data-note-unknown-file = `{ $file }` was not read: no record kind is called so.
data-note-unknown-sheet = the sheet `{ $sheet }` of `{ $file }` was not read: no record kind is called so.
data-note-unused-columns = columns of `{ $place }` that were not used: { $headings }.
data-note-encoding = `{ $file }` was read as { $encoding }.
data-note-hidden-rows = { $rows ->
    [one] one hidden row
   *[other] { $rows } hidden rows
} of `{ $file }` were read like all others.
data-note-guessed-kind = by its headings `{ $file }` was taken for: { $kind }.
data-note-totals = rows of `{ $place }` that add up others were not read: { $rows }.
data-note-not-listed = { $n ->
    [one] a cell
   *[other] { $n } cells
} of { $place } under { $field } are not on the list ({ $says }) and left empty, since nothing is graded by it; the list: { $choices }.

## Templates
data-note-examples = Rows of `{ $place }` that are examples were not read: { $rows }.
data-template-field = { $field }
data-template-takes = Takes: { $expected }
data-template-unit = Unit: { $unit }
data-template-share = Unit: %; 12.5% is one eighth
data-template-choices = One of: { $choices }
data-template-required = Required
data-template-optional = May be left empty
data-template-key = Tells a record from others: sent again, it is an update
data-template-example = For instance: { $example }
data-template-list-prompt = Choose from the list.
data-template-list-error = It is not on the list. Choose from it.

## measures and snapshots
query-unknown-kind = Measure `{ $measure }` reads the record kind `{ $kind }`, which is not declared. Declare it in a kinds file of the policy, or use a known kind.
query-field-type = `{ $field }` of `{ $kind }` should hold { $expected } but holds { $found }. Correct the data, or the declaration of the record kind.
query-no-subject = { $place }: a row of `{ $kind }` has no id, so nobody knows whom it is about. Fill in the id or remove the row.
query-duplicate-subject = `{ $kind }` has the id `{ $id }` twice: { $first } and { $second }. Each id may have one row; keep the right one.
query-duplicate-key = Two records of `{ $kind }` have the same key ({ $key }): { $first } and { $second }. Keep the right one; if the second is a correction, give it a later publication date.
query-beyond-sum = Measure `{ $measure }` of `{ $subject }` is beyond the exact range (2^53). Look for an amount of the wrong magnitude, or declare fewer decimals.
query-beyond-row = { $place }: measure `{ $measure }` is beyond the exact range (2^53) for this record. Correct the row, or declare fewer decimals.
query-no-rate = { $place }: this record of `{ $kind }` is in `{ $currency }` on { $date }, and the policy has no rate for that day. Add it to the rates file, or correct the currency.
query-unknown-level = { $place }: `{ $level }` is neither a level of the indicator `{ $indicator }` nor points from 0 to 100. Use one of the policy's levels.
query-no-decimals = Measure `{ $measure }` adds doubles but declares no decimals. Declare `decimals` in the policy.
query-not-snapshot = { $path } cannot be used as a snapshot: it lacks `{ $wants }`. Rate again, or use the policy that it was made with.
query-mismatch = Internal error: { $what }. Please report the command and the version.
query-file = { $path } could not be read or written: { $why }. Check the path, the permissions and the space on the disk.
query-parquet = The Parquet data are damaged or could not be written: { $why }. Export the file again.
query-arrow = The columns could not be processed: { $why }. Please report the command and the version.
query-type-integer = whole numbers
query-type-decimal = decimals
query-type-number = numbers
query-type-text = texts
query-type-date = dates
query-type-flag = yes or no
