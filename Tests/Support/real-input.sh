#!/usr/bin/env bash
# What offices, spreadsheets and banks really send, put before the built programs: each line is one input, what happened to
# it, and whether that is right. Ends with the count of both; the exit code is 1 where one is wrong.
#
#   Tests/Support/real-input.sh                       all kinds, on the debug build (about ten minutes)
#   BIN=.build/release Tests/Support/real-input.sh K4 K13
#                                                     those kinds, on those programs
#   SHOW=1 …                                          all that a wrong line said, not its first words alone
#
# Right is what a person needs: a refusal, a number that is there or isn't, a name. Sentences are looked for by the words
# that any wording of them must have. What a refusal or a warning says is searched in both languages.
#
# The kinds:  K1 what the bank means   K9 standing orders   K3 what an import drops or doubts   K4 text   K5 numbers with a plus   K6 what can't be computed   K7 days and
# instants   K8 days by the calendar   K10 checks before signatures   K11 relations with dates   K12 doubled names
# K13 output   K2 lists that one row can't break   A amounts   D written days
set -u
. "$(dirname "$0")/rig.sh"
set +e
trap 'down; rm -rf "$BT"' EXIT

passed=0; failed=0; OUT=; EXIT=0
quiet() { "$@" >/dev/null 2>&1; }

# Runs a command; what it said, in a line, and how it ended are looked at by "right".
put() { "$@" >"$BT/said" 2>&1; EXIT=$?; OUT=$(tr -d '\0' <"$BT/said"); }

# right KIND "what went in" "what is right" TEST…: TEST is a command that succeeds where it is.
right() {
  local kind=$1 input=$2 wanted=$3 verdict=right happened
  shift 3
  happened=$(tr '\n' ' ' <<<"$OUT" | tr -d '\r' | sed 's/  */ /g')
  [ "${SHOW:-}" ] || happened=${happened:0:180}
  if "$@" >/dev/null 2>&1; then passed=$((passed + 1)); else failed=$((failed + 1)); verdict="WRONG: should be $wanted"; fi
  printf '%-4s %s\n       → exit %s: %s\n       %s\n' "$kind" "$input" "$EXIT" "$happened" "$verdict"
}

# Tests.
done_() { [ "$EXIT" = 0 ]; }
refused() { case $EXIT in 3|4|5|6|64) ;; *) return 1 ;; esac; }          # and not an internal error
says() { grep -Eiq -- "$1" <<<"$OUT"; }
refused_for() { refused && says "$1"; }
done_saying() { done_ && says "$1"; }
done_without() { done_ && ! says "$1"; }
all() { local t; for t in "$@"; do eval "$t" || return 1; done; }         # each a test of its own
shows() { grep -Eiq -- "$1" <<<"$(shift; "$@" 2>&1)"; }                   # PATTERN COMMAND…: the command says it
hides() { ! shows "$@"; }

account_state() { [ "$1" ] && as lin person show --person "$1" --json | grep -o '"state":"[^"]*"' | head -n 1 | cut -d'"' -f4; }
person_named() { as lin person list --organisation "$O" | awk -v name="$1" '$2 == name {print $1}' | head -n 1; }
case_state() { as lin case show --case "$1" --json | grep -o '"state":"[^"]*"' | head -n 1 | cut -d'"' -f4; }
isnt() { [ "$1" ] && [ "$1" != "$2" ]; }
is() { [ "$1" = "$2" ]; }

import_bytes() { as lin household import --organisation "$O" --csv-file "$BT/f/$1" --mode all "${@:2}"; }
sheet() { { echo "$H"; cat; } >"$BT/f/$1"; }

# ── K3: an import says what it drops and doubts.

K3() {
  local p
  fresh
  quiet homes 1
  put roster <<<"7,祁卡,$(number identity_of '630102 1980 1 7 107'),,户主,祁卡,中国工商银行西宁分行,102851000013,6225880000000980000"
  p=$(person_named 祁卡)
  right K3 "a card that a spreadsheet cut: 6225880000000980000" "doubted, and the account not active" \
    all "says '0000|15|spreadsheet|Excel|doubt|表格|存疑|核实'" "! is \"$(account_state "$p")\" active"
  put roster <<<"8,祁末,$(number identity_of '630102 1980 1 8 108'),,户主,祁末,中国工商银行西宁分行,102851000013,62258800000"
  p=$(person_named 祁末)
  right K3 "the last line of a file that was cut: …,62258800000" "doubted, and the account not active" \
    all "says 'doubt|short|cut|digits|存疑|位|截'" "! is \"$(account_state "$p")\" active"
  put as lin person show --person "$(person_named 祁学生1)" --json
  right K3 "a whole card, in the owner's name" "active at once, without a doubt" says '"state":"active"'
  quiet as lin person register --name 祁旧名 --id-number "$(parent 9)" --phone 13900000001 --organisation "$O"
  sheet known.csv <<<"9,祁新名,$(parent 9),13900000002,户主,,,,"
  put import_bytes known.csv --dry-run
  right K3 "a known person with a new name and phone, looked at first" "said what differs" \
    says '祁旧名|祁新名|differ|不同|不一致'
  put import_bytes known.csv
  right K3 "the same, taken in" "said what differs; the register's name stays" \
    all "says '祁旧名|祁新名|differ|不同|不一致'" "shows 祁旧名 as lin person list --organisation $O"
  printf '%s\n5,祁五,%s,,户主' "$H" "$(parent 5)" >"$BT/f/five.csv"; put import_bytes five.csv
  right K3 "five of nine values in the last line, without its end" "said" says 'line 2|row 2|第 ?2 ?行|5.*9|five|cut|截'
  { echo 西宁市困难职工花名册,,,,,,,,; echo "$H"; echo "3,祁家长3,$(parent 3),,户主,,,,"; } >"$BT/f/title.csv"; put import_bytes title.csv
  right K3 "a title line above the columns" "taken without it, or told to be a title" \
    all "says 'title|heading|标题|表头|above|accepted'" "! says 'is unknown'"
  for code in UTF-16LE UTF-16BE GB18030 UTF-8; do
    p=$(case $code in UTF-16LE) echo 4 ;; UTF-16BE) echo 5 ;; GB18030) echo 6 ;; *) echo 7 ;; esac)
    { case $code in UTF-16LE) printf '\xff\xfe' ;; UTF-16BE) printf '\xfe\xff' ;; UTF-8) printf '\xef\xbb\xbf' ;; esac
      printf '%s\r\n5%s,祁编码%s,%s,,户主,,,,\r\n' "$H" "$p" "$p" "$(number identity_of "630102 1981 2 $p 20$p")" | iconv -f UTF-8 -t $code; } >"$BT/f/code.csv"
    put import_bytes code.csv
    right K3 "a sheet in $code" "read" all done_ "shows 祁编码$p as lin person list --organisation $O"
  done
  printf 'PK\003\004\024\000\006\000xl/workbook.xml' >"$BT/f/book.xlsx"; put import_bytes book.xlsx
  right K3 "a workbook (xlsx) instead of CSV" "refused, and named as what it is" refused_for 'xlsx|workbook|zip|工作簿|压缩'
}

# ── K4: text is compared and cleaned as people see it.

K4() {
  local p id
  fresh
  roster >/dev/null <<R
1,祁斌,$(number identity_of '630102 1980 1 1 101'),,户主,,,,
2,阿依古丽·买买提,$(number identity_of '630102 1980 1 2 102'),,户主,,,,
R
  account() { as lin account register --owner "$1" --holder "$2" --bank 中国工商银行西宁分行 --cnaps 102851000013 --number "$3" --kind card --json; }
  p=$(person_named 祁斌)
  put account "$p" '祁　斌' "$(number card_of 301)"
  right K4 "his own account, in the name 祁　斌 (U+3000 between)" "his own: usable without another's word" done_saying '"state":"active"'
  for text in '祁　斌' '祁 斌' ' 祁斌　'; do
    put as lin person list --organisation "$O" --name "$text"
    right K4 "a search for “$text”" "finds 祁斌" says "$p"
  done
  p=$(person_named '阿依古丽·买买提')
  put account "$p" '阿依古丽•买买提' "$(number card_of 302)"
  right K4 "her own account, in a name with the dot U+2022" "her own" done_saying '"state":"active"'
  for dot in • ・ ‧ ∙ ･ ⋅; do
    put as lin person list --organisation "$O" --name "阿依古丽${dot}买买提"
    right K4 "a search with the dot “$dot”" "finds 阿依古丽·买买提" says "$p"
  done
  id=$(number identity_of '630102 1980 1 3 103')
  put as lin person register --name 祁宽 --id-number "$(sed 'y/0123456789/０１２３４５６７８９/' <<<"$id")" --organisation "$O"
  right K4 "an identity number in full-width digits" "read" done_
  put as lin person find --id-number "$id"
  right K4 "the same number in plain digits" "finds the same person" done_saying 祁宽
  for mark in $'\u202d' $'\u200e' $'\ufeff' $'\u00a0'; do
    put as lin person find --id-number "$mark$id$mark"
    right K4 "the number between two $(printf 'U+%04X' "'$mark")" "finds the same person" done_saying 祁宽
  done
  put as lin person find --id-number "${id:0:6} ${id:6:8} ${id:14}"
  right K4 "the number in groups" "finds the same person" done_saying 祁宽
  for mark in $'\u0007' $'\u202e' $'\ue863' $'\ufffd'; do
    put as lin person register --name "祁${mark}坏" --id-number "$(number identity_of '630102 1980 1 4 104')" --organisation "$O"
    right K4 "a name with $(printf 'U+%04X' "'$mark")" "refused, the character named, or cleaned where it can't be seen" \
      eval 'refused_for "U\+|character|字符|『|“" || { done_ && ! shows "$mark" as lin person list --organisation $O; }'
  done
}

# ── K5: a plus is no digit.

K5() {
  fresh
  quiet homes 1
  quiet pack K5 '{since: {title: 起始, type: date}}' '[{id: r, when: "true", says: 可}]' 100
  put open_case K5 1 since=2025-+3-01
  right K5 "--fact since=2025-+3-01" "refused" refused
  put open_case K5 1 since=+2025-03-01
  right K5 "--fact since=+2025-03-01" "refused" refused
  put as qian fund receive --fund "$F" --amount 5 --on 2026-+8-03 --reference P1
  right K5 "--on 2026-+8-03" "refused" refused
  put as xu calendar set --day 2026-+9-01:off:x --source 试验
  right K5 "calendar set --day 2026-+9-01" "refused" refused
  put as qian fund receive --fund "$F" --amount 5 --on 2026-08-03T09:00:00 --reference P2
  right K5 "--on 2026-08-03T09:00:00 (no day, an instant without a zone)" "refused" refused
  put as me clock advance --to 2026-08-04T+9:00:00+08:00
  right K5 "clock advance --to 2026-08-04T+9:00:00+08:00" "refused" refused
}

# ── K6: what can't be computed is said, and nothing of it is submitted.

K6() {
  fresh
  quiet homes 3
  quiet pack K6A '{cost: {title: 费用, type: fen}, people: {title: 人数, type: int}}' '[{id: r, when: "true", says: 可}]' 'facts.cost / facts.people'
  put open_case K6A 1 cost=800 people=0
  put as lin case explain --case "$C"
  right K6 "an amount facts.cost / facts.people, with people = 0" "not computable, and why" \
    all "says 'zero|零|0|computed|算'" "! says '^Yes|eligible: *yes'"
  put as lin case submit --case "$C"
  right K6 "the same, submitted" "refused, the case stays a draft" all refused "is \"$(case_state "$C")\" draft"
  write_pack K6B '{income: {title: 收入, type: fen, optional: true}}' '[{id: low, when: "facts.income < 100000", says: 收入低于标准}]' 100
  put check_pack K6B
  right K6 "a pack that reads an optional fact without has()" "warned of, with the name" says 'income.*(optional|has|may)|(optional|has|可选|未填|没有).*income|income'
  quiet pack K6B '{income: {title: 收入, type: fen, optional: true}}' '[{id: low, when: "facts.income < 100000", says: 收入低于标准}]' 100
  put open_case K6B 2
  put as lin case explain --case "$C"
  right K6 "that fact not given" "can't be said yet, and what is missing" all "says 'income|收入'" "! says '^No|not eligible|不符合'"
  put as lin case submit --case "$C"
  right K6 "the same, submitted" "refused" refused
  quiet pack K6C '{cost: {title: 费用, type: fen}}' '[{id: r, when: "true", says: 可}]' 'facts.cost' '{count: "facts.cost / (facts.cost - 80000)", first: {working_days: 1}}'
  put open_case K6C 3 cost=800
  put as lin case submit --case "$C"
  right K6 "a count of instalments that divides by nothing" "refused before anybody signs" refused
}

# ── K7: a day is a day in China.

K7() {
  local form
  fresh
  quiet homes 1
  for form in 'year(facts.since) == 2026 && month(facts.since) == 1 && day(facts.since) == 1' \
    'facts.since.getFullYear() == 2026 && facts.since.getMonth() == 0 && facts.since.getDate() == 1'; do
    write_pack K7 '{since: {title: 起始, type: date}}' "[{id: r, when: \"$form\", says: 是一月一日}]" 100
    check_pack K7 >/dev/null 2>&1 && break
  done
  quiet as xu programme add --pack "$BT/f/K7.yaml"; quiet as gui programme release --programme K7 --version 1
  put open_case K7 1 since=2026-01-01
  put as lin case explain --case "$C"
  right K7 "a fact 2026-01-01, by a rule for 1 January 2026" "yes" says '^Yes|符合'
  put check_pack K7
  right K7 "the rule's words for year, month and day" "days of their own: month(…) is 1 in January" shows '\bmonth\(' cat "$BT/f/K7.yaml"
  fresh
  # Taken in on the 11th: on the 10th that day hasn't come.
  quiet award 1; quiet payrun pain001 2026-09-11T10:00:00+08:00
  ntry DBIT 6000.00 '<DtTm>2026-09-10T16:30:00Z</DtTm>' B1 "$(tx "$(e2e "${REF[0]}")")" | camt z.xml M1
  quiet as qian run import --file "$BT/f/z.xml"
  put as qian payment show --payment "${REF[0]}"
  right K7 "a booking at 2026-09-10T16:30:00Z, which is 00:30 of the 11th" "booked on the 11th" says '2026-09-11'
}

# ── K8: what is computed by the calendar is computed again.

K8() {
  fresh
  quiet atnotice 1
  quiet as me clock advance --to 2026-09-18T09:00:00+08:00
  put as lin notice publish --programme P04 --organisation "$O" --json
  N=$(grep -o '"number":"[^"]*-N[^"]*"' <<<"$OUT" | head -n 1 | cut -d'"' -f4)
  right K8 "a notice of five working days, published on Friday 18 September" "ends on the 25th" says '2026-09-25'
  put as xu calendar set --day 2026-09-23:off:试验 --day 2026-09-24:off:试验 --source 试验
  right K8 "23 and 24 September become days off" "the answer names what moves" done_saying "($N|$O-C2026-0001).*2026-09-29"
  put as lin notice show --notice "$N"
  right K8 "the same notice" "ends on the 29th" says '2026-09-29'
  quiet as me clock advance --to 2026-09-26T09:00:00+08:00
  put as lin notice show --notice "$N" --json
  right K8 "on the 26th, after three of its working days" "not cleared" all "says '2026-09-29'" "! says '\"state\":\"(cleared|closed|ended)\"'"
  fresh
  quiet atnotice 1
  quiet as me clock advance --to 2026-12-28T09:00:00+08:00
  token lin   # a token lasts for some months
  put as lin notice publish --programme P04 --organisation "$O"
  right K8 "a notice on 28 December, with no calendar for 2027" "said" \
    says 'calendar.*2027|2027.*(calendar|日历)|日历.*2027'
}

# ── K10: whatever can be known is checked before people sign.

K10() {
  fresh
  quiet homes 2; quiet archived 2
  quiet pack K10 '{cost: {title: 费用, type: fen}}' '[{id: r, when: "true", says: 可}]' 'facts.cost' '{count: "8", first: {working_days: 1}, every: month}'
  put open_case K10 1 cost=0.05
  [ -z "$C" ] || put as lin case submit --case "$C"
  right K10 "0.05 yuan in eight parts, one of them nothing" "refused before anybody signs, for its parts" \
    refused_for 'instal|part|fen|分期|期|分'
  put open_case K10 2 cost=800
  quiet as lin case submit --case "$C"
  put as ma case show --case "$C"
  right K10 "800 yuan in eight parts, shown to who reviews it" "each part with its day" eval '[ "$(grep -o "100\.00" <<<"$OUT" | wc -l)" -ge 8 ]'
  fresh
  quiet homes 1
  # A student whose name the bank's encoding (GBK) lacks.
  { echo "$H"; echo "2,祁家长2,$(parent 2),,户主,,,,"
    echo "2,祁𠅤,$(student 2),,子女,祁𠅤,中国工商银行西宁分行,102851000013,$(number card_of 9002)"; } >"$BT/f/rare.csv"
  import_bytes rare.csv >/dev/null; quiet archived 2; quiet drafts 2
  quiet as lin case submit --all --programme P04; quiet reviewed
  quiet as lin notice publish --programme P04 --organisation "$O"; quiet as me clock advance --working-days 6; quiet approved
  put as qian run prepare --fund "$F" --programme P04 --up-to 2026-09-10 --execute-on 2026-09-10
  right K10 "a payee's name that the bank's encoding lacks (𠅤)" "said when the run is prepared, before three people sign" says '𠅤|encod|GBK|编码|U\+20164'
}

# ── K11: sight, money and figures follow the tree of the day.

K11() {
  fresh
  union XNC 城中区总工会 county "$O"
  staff cun 村工 caseWorker XNC; staff hai 海工 caseWorker HD
  printf '%s\n1,祁县,%s,,户主,,,,\n' "$H" "$(number identity_of '630102 1980 1 1 101')" >"$BT/f/county.csv"
  quiet as cun household import --organisation XNC --csv-file "$BT/f/county.csv" --mode all
  figure refund_cap "$O" 100; figure refund_cap HD 200
  put as cun case open --programme P01 --organisation XNC --household XNC-H000001 --fact annual_income=50000 \
    --fact rigid_spending=30000 --fact homes=1 --fact vehicle=false --fact member_months=72 --fact cause=illness --json
  C=$(grep -o '"number":"[^"]*-C[^"]*"' <<<"$OUT" | head -n 1 | cut -d'"' -f4)
  put as lin case show --case "$C"
  right K11 "before: the city $O looks at its county's case" "seen" done_saying "$C"
  put as me organisation attach --organisation XNC --parent HD --fund-parent --from 2026-08-03
  right K11 "the county goes to the city HD" "the answer says what moves: cases, funds, open work" done_saying "$C|1 (case|件)|cases?|案件"
  put as lin case show --case "$C"
  right K11 "after: the old city looks at the case" "not seen" refused
  put as hai case show --case "$C"
  right K11 "after: the new city looks at it" "seen" done_saying "$C"
  put as hai case list
  right K11 "after: the new city's list" "has it" done_saying "$C"
  put as lin case list
  right K11 "after: the old city's list" "is whole, without it" done_without "$C"
}

# ── K2: one row that can't be shown breaks no list; a case belongs to a union that is responsible for its subject.

K2() {
  fresh
  quiet homes 1
  staff pu 普省工 caseWorker QH; staff hai 海工 caseWorker HD
  put as pu case open --programme P01 --organisation HD --household "$O-H000001" --fact annual_income=50000 \
    --fact rigid_spending=30000 --fact homes=1 --fact vehicle=false --fact member_months=72 --fact cause=illness
  right K2 "the province opens a case in the city HD for a household of $O" "refused, or seen as far as may be" eval 'refused || done_'
  put as hai case list
  right K2 "HD's list of cases then" "a list" done_
  put as hai case decide --all --programme P01 --step review --outcome pass --yes
  right K2 "HD decides all" "no internal error" eval '[ "$EXIT" != 70 ]'
  fresh; quiet award 2; quiet payrun
  { ntry DBIT 6000.00000 "$DAY" T1 "$(tx "$(e2e "${REF[0]}")" DBIT 6000.00000)"
    ntry DBIT 6000.00 "$DAY" T2 "$(tx "$(e2e "${REF[1]}")")" | sed 's/<Amt Ccy="CNY">/<Amt Ccy="USD">/'
    ntry DBIT 6000.005 "$DAY" T3; } | camt mixed.xml M1
  put as qian run import --file "$BT/f/mixed.xml"
  right K2 "6000.00000, an entry in dollars and one that can't be read, in one file" "the first is booked, the others told" \
    all done_ "says foreign" "says unmatched" "test \"$(payment_state "${REF[0]}")\" = booked"
  fresh; quiet award 2
  RUN=$(as qian run prepare --fund "$F" --programme P04 --up-to 2026-09-10 --execute-on 2026-09-10 | sed -n 's/^\(.*-R[0-9-]*\):.*/\1/p')
  quiet as gu run check --run "$RUN" --yes; quiet as zhou run approve --run "$RUN" --yes
  put as wu run release --run "$RUN" --format batchText --yes
  right K2 "text for the bank, a month before its day" "not handed over yet" \
    eval "done_ && ! ls $BT/data/bank/to-bank/$RUN.txt"
}

# ── K1: what the bank means, said in other words than ours.

bank_line() { as zhou bank list --json | grep -o "\"line\":\"[^\"]*\"" | head -n 1 | cut -d'"' -f4; }       # the newest open line
matched() { # LINE [OPTIONS]: one says what it is, another confirms
  local m; m=$(as qian bank match --line "$1" --reason 银行来电核实 --json "${@:2}" | field match); put as zhou bank confirm --match "$m"; }
payment_state() { as qian payment show --payment "$1" --json | field state; }
debits() { # PREFIX: an entry for each payment, under the bank's own references PREFIX1…
  local n=0 r; for r in "${REF[@]}"; do n=$((n + 1)); ntry DBIT 6000.00 "$DAY" "$1$n" "$(tx "$(e2e "$r")")"; done; }

K1() {
  local line plain
  fresh; quiet award 3; quiet payrun
  debits T | camt t.xml T1; put as qian run import --file "$BT/f/t.xml"
  right K1 "three debits in the bank's advice" "booked" done_saying '"?booked"?.*3|booked'
  debits E7- | camt s.xml S1 BkToCstmrStmt; put as qian run import --file "$BT/f/s.xml"
  right K1 "the same three in the statement, under E7-1…3" "duplicates" all done_ "says duplicate" "! says 'second time'"
  plain="<TxDtls><Refs></Refs><Amt Ccy=\"CNY\">6000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Pty><Nm>祁学生1</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>退汇 户名不符</Ustrd></RmtInf></TxDtls>"
  ntry CRDT 6000.00 "$DAY" R1 "$plain" | camt r.xml R1; put as qian run import --file "$BT/f/r.xml"
  right K1 "money comes back as a plain credit: 退汇 户名不符, the payee's name" "stands open, with the payment it looks like" \
    shows "R[A-Z2-7]{34}" as zhou bank list
  line=$(bank_line); put as qian bank match --line "$line" --reason 银行来电核实
  right K1 "one person says that it came back" "nothing moves yet" hides '"returned"' as qian payment list --run "$RUN" --json
  matched "$line"
  right K1 "another confirms" "the payment has come back" all done_ "shows '\"returned\"' as qian payment list --run $RUN --json"
  put as qian payment reissue --payment "$(as qian payment list --run "$RUN" --state returned --json | field reference)" --reason 重发
  right K1 "and who brought the word makes it anew" "refused: another person must" refused
  fresh; quiet award 2; quiet payrun
  debits T | camt t.xml T1; quiet as qian run import --file "$BT/f/t.xml"
  ntry CRDT 6000.00 "$DAY" R2 "$(tx "$(e2e "${REF[0]}")" CRDT)" | camt r.xml R2; put as qian run import --file "$BT/f/r.xml"
  right K1 "the same under our EndToEndId, without RtrInf" "stands open with that payment" \
    all done_ "shows ${REF[0]} as zhou bank list"
  matched "$(bank_line)"
  right K1 "two people book it as that payment's return" "it can be made anew" test "$(payment_state "${REF[0]}")" = returned
  fresh; quiet award 3; quiet payrun
  ntry DBIT 18000.00 "$DAY" B1 "<Btch><PmtInfId>$RUN</PmtInfId><NbOfTxs>3</NbOfTxs></Btch>" | camt b.xml B1
  put as qian run import --file "$BT/f/b.xml"
  right K1 "one debit for the whole batch" "stands open with the run" all done_ "shows $RUN as zhou bank list"
  matched "$(bank_line)"
  right K1 "two people take it as the run booked" "all three are paid" \
    test "$(as qian payment list --run "$RUN" --state booked --json | grep -o '"reference"' | wc -l)" = 3
  mkdir -p "$BT/f/out"; put as wu run file --run "$RUN" --to "$BT/f/out"
  right K1 "the file for the bank" "asks for single booking" grep -rq "<BtchBookg>false" "$BT/f/out"
  fresh; quiet award 2; quiet payrun
  printf '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>P2</MsgId><CreDtTm>2026-09-10T09:59:00+08:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>%s</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>%s</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>%s</OrgnlEndToEndId><TxSts>ACSP</TxSts><AcctSvcrRef>ICBC-77</AcctSvcrRef></TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>' \
    "$RUN" "$RUN" "${REF[0]}" >"$BT/f/p2.xml"; quiet as qian run import --file "$BT/f/p2.xml"
  ntry DBIT 6000.00 "$DAY" ICBC-77 | camt own.xml O1; put as qian run import --file "$BT/f/own.xml"
  right K1 "a booking under the bank's own reference alone, which its pain.002 had tied" "booked" \
    test "$(payment_state "${REF[0]}")" = booked
  as me clock advance --working-days 8 >/dev/null
  until [ "$(payment_state "${REF[1]}")" = unknown ]; do as me schedule run payments.unknown --reason 试 >/dev/null 2>&1; sleep 1; done
  put as qian payment prove --payment "${REF[1]}" --on 2026-09-10 --proof 银行函15号
  right K1 "paid after all, says the bank's letter" "waits for another person" \
    all done_ "test \"$(payment_state "${REF[1]}")\" = unknown"
  put as zhou bank confirm --match "$(as zhou bank matches --json | field match)"
  right K1 "another confirms" "paid, and shown as on the bank's document" \
    all done_ "shows 银行函15号 as qian payment show --payment ${REF[1]}"
}

# ── K9: the silence of a standing order is seen.

inbox() { as me schedule run bank.inbox --reason 试 >/dev/null 2>&1; }
K9() {
  local box=$BT/data/bank/from-bank half
  fresh; quiet award 2; quiet payrun; mkdir -p "$box"; chmod 777 "$box"
  debits T | camt whole.xml W1; half=$(($(stat -c %s "$BT/f/whole.xml") / 2))
  head -c "$half" "$BT/f/whole.xml" >"$box/w.xml"
  until [ -e "$BT/data/bank/waiting/w.xml.reason" ] || [ -e "$BT/data/bank/refused/w.xml" ]; do inbox; sleep 1; done
  put as me doctor report
  right K9 "half a bank file, still being written" "waits, and is seen" all "says w.xml" "test -e $box/w.xml"
  put as me schedule list --json
  right K9 "the list of schedules" "says what it passes over, and since when" says '"passedOverSince"'
  cat "$BT/f/whole.xml" >"$box/w.xml"
  until [ -e "$BT/data/bank/imported/w.xml" ] || [ -e "$BT/data/bank/refused/w.xml" ]; do inbox; sleep 1; done
  put as qian payment list --run "$RUN" --state booked
  right K9 "and its writer completes it" "taken in" says "${REF[0]}"
  echo '<html/>' >"$box/x.xml"
  until [ -e "$BT/data/bank/refused/x.xml.reason" ]; do inbox; sleep 1; done
  put as me doctor report
  right K9 "a refused bank file lies there" "doctor says so, with exit 1" all "says x.xml" '[ "$EXIT" = 1 ]'
  fresh; quiet homes 1; quiet archived 1
  roster >/dev/null <<<"9,祁无卡,$(parent 9),,户主,,,,"
  put as lin case open --programme P02 --organisation "$O" --household "$O-H000002" --fact situation=突发疾病
  C=$(as lin case list --json | grep -o '"number":"[^"]*-C[^"]*"' | head -1 | cut -d'"' -f4)
  put as lin case show --case "$C"
  right K9 "a case whose payee has no account" "said before anybody decides" says 'no active account|没有可用的收款账户'
}

# ── K12: a doubled name is refused.

K12() {
  fresh
  local token; token=$(cat "$BT/t/qian")
  post() { curl -s -w ' HTTP %{http_code}' --unix-socket "$BT/s/relief.sock" -H "Authorization: Bearer $token" \
    -H 'Content-Type: application/json' -d "$2" "http://localhost$1"; }
  put post "/v1/funds/$F/receive" '{"amount":100,"amount":10000000,"on":"2026-08-03","reference":"D1"}'
  right K12 '{"amount":100,"amount":10000000}' "refused, with the name" all "says 'HTTP 4'" "says amount"
  put post "/v1/funds/$F/receive" '{"amount":100,"on":"2026-08-03","reference":"D2","am\u006funt":10000000}'
  right K12 'the same, once written am\u006funt' "refused" says 'HTTP 4'
  put post "/v1/funds/$F/receive" '{"amount":1e5,"on":"2026-08-03","reference":"D3"}'
  right K12 '{"amount":1e5}' "refused: no amount" says 'HTTP 4'
  put post "/v1/funds/$F/receive" '{"amount":100.0,"on":"2026-08-03","reference":"D4"}'
  right K12 '{"amount":100.0}' "refused: no amount" says 'HTTP 4'
  put as qian fund statement --fund "$F"
  right K12 "the fund afterwards" "has nothing of it" all done_ "! says 'D[1-4]'"
  put as qian fund receive --fund "$F" --amount 1e5 --on 2026-08-03 --reference D5
  right K12 "--amount 1e5" "refused" refused
  put as xu calendar set --day 2026-09-01:off:试 --day 2026-09-01:working:试 --source 试验
  right K12 "a day off and working in one calendar set" "refused, with the day" refused_for '2026-09-01|2026年9月1日'
  quiet homes 1
  put as lin case open --programme P02 --organisation "$O" --household "$O-H000001" --fact situation=一 --fact situation=二
  right K12 "--fact given twice" "refused, with its name" refused_for 'situation'
  { sed 's/^title: .*/&\ntitle: 再来/' "$W/deploy/packs/P02-living-aid.yaml"; } >"$BT/f/twice.yaml"; put relief programme check --pack "$BT/f/twice.yaml"
  right K12 "a pack with a key twice" "refused, with its name" eval '[ "$EXIT" != 0 ] && says title'
}

# ── K13: output that fails.

K13() {
  local full='the disk is full|磁盘已满|No space'
  fresh
  quiet homes 3
  as me schedule run "$(as me schedule list --csv | sed -n '2s/,.*//p')" --reason 试 >/dev/null
  put bash -c 'relief job tail | head -n 1; exit ${PIPESTATUS[0]}'
  right K13 "job tail | head -n 1" "ends quietly (141)" eval '[ "$EXIT" = 141 ] && ! says "fatal|crash|backtrace|thread"'
  for line in 'whoami' 'organisation list --csv' 'case list --json' 'audit log --limit 500' '--help' 'top --once' 'run list'; do
    put bash -c "relief $line | true; exit \${PIPESTATUS[0]}"
    right K13 "$line | true" "quiet" eval '{ [ "$EXIT" = 141 ] || [ "$EXIT" = 0 ]; } && [ -z "$OUT" ]'
    put bash -c "relief $line > /dev/full"
    right K13 "$line > /dev/full" "a sentence and 74" eval "[ \$EXIT = 74 ] && says '$full'"
    put bash -c "relief $line >&-"
    right K13 "$line >&-" "a sentence and 74" eval '[ "$EXIT" = 74 ] && [ "$OUT" ]'
  done
  put bash -c "relief audit export --to '$BT/f/log' | true; exit \${PIPESTATUS[0]}"
  right K13 "audit export | true" "quiet" eval '[ -z "$OUT" ]'
  put bash -c "ulimit -f 1; relief audit export --to '$BT/f/log2'"
  right K13 "audit export where a file has no room" "a sentence, 74, and no half file" \
    eval '[ "$EXIT" = 74 ] && [ "$OUT" ] && [ -z "$(find "$BT/f/log2" -name "*.tmp")" ]'
  put bash -c "reliefd doctor --data '$BT/data' > /dev/full"
  right K13 "reliefd doctor > /dev/full" "a sentence and 74" eval "[ \$EXIT = 74 ] && says '$full'"
  put bash -c "relief-banksim status --dir '$BT/f/bank' > /dev/full"
  right K13 "relief-banksim status > /dev/full" "a sentence and 74" eval "[ \$EXIT = 74 ] && says '$full'"
  put bash -c 'relief person list --csv --organisation XN | od -An -tx1 -N3'
  right K13 "person list --csv" "begins with a byte order mark" says 'ef bb bf'
  put as qian fund list --csv
  right K13 "an amount in a CSV list" "6,000 is 6000.00 there" all "says '600000\\.00'" "! says '600,000'"
}

# ── Amounts are yuan wherever a person types them.

A() {
  local text
  fresh
  quiet homes 3
  for text in 50000 50,000.00 5万 ￥50000 5万元 50000元; do
    put as lin case open --programme P01 --organisation "$O" --household "$O-H000001" --fact "annual_income=$text" \
      --fact rigid_spending=30000 --fact homes=1 --fact vehicle=false --fact member_months=72 --fact cause=illness --dry-run --json
    right A "--fact annual_income=$text" "50,000 yuan" says '"annual_income":5000000[,}]'
  done
  put as xu parameter set --name dibao_monthly --region "$O" --from 2027-01-01 --value 1200 --source 试验
  right A "parameter set --value 1200" "1,200 yuan, and said so" done_saying '1,200\.00'
  put as qian fund receive --fund "$F" --amount 8万 --on 2026-08-03 --reference W1
  right A "--amount 8万" "80,000.00" done_saying '680,000\.00|80,000\.00'
  put as qian fund receive --fund "$F" --amount 1.005 --on 2026-08-03 --reference W2
  right A "--amount 1.005" "refused" refused
}

# ── Days as people and spreadsheets write them.

D() {
  local text n=0
  fresh
  for text in 2026-08-03 2026/8/3 2026/08/03 20260803 2026年8月3日; do
    n=$((n + 1)); put as qian fund receive --fund "$F" --amount 5 --on "$text" --reference "T$n"
    right D "--on $text" "3 August 2026" all done_ "shows '2026-08-03.*T$n|T$n.*2026-08-03' as qian fund statement --fund $F"
  done
  for text in 2026-8-32 2026/13/1 20261301 2026年2月30日 3/8/2026; do
    put as qian fund receive --fund "$F" --amount 5 --on "$text" --reference X1
    right D "--on $text" "refused" refused
  done
  quiet homes 1
  { echo 户号,级别,建档日期,国家档案号; echo "$O-H000001,相对,45717,QH630100-2025-0001"; } >"$BT/f/serial.csv"
  put as sun archive import --organisation "$O" --csv-file "$BT/f/serial.csv" --mode all
  right D "a spreadsheet's serial number 45717 in a column of days" "1 March 2025" \
    all done_ "shows '2025-03-01' as lin household show --household $O-H000001"
}

kinds=${*:-K1 K2 K3 K4 K5 K6 K7 K8 K9 K10 K11 K12 K13 A D}
for kind in $kinds; do
  declare -F "$kind" >/dev/null || { echo "There is no kind $kind." >&2; exit 64; }
  printf '\n── %s\n' "$kind"; "$kind"
done
printf '\n%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
