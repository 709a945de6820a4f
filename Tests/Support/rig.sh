# A small office for trying things by hand or by script: a daemon of its own with a demo clock, the staff of a city, and
# awards, runs and bank files in a line each. To be sourced by bash:
#
#   . Tests/Support/rig.sh; up; house; award 3; payrun; …; down
#
# BIN  the folder of the programs (else the debug build of this tree)      BT  the folder of the try (else a new one)
# O, F, W  the city's code, its fund's, and this tree; they needn't be set. Amounts are yuan wherever one types them.

export LC_ALL=C.UTF-8
O=${O:-XN}; F=${F:-XN-T-2026}
W=${W:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
BIN=${BIN:-$(cd "$W" && swift build --show-bin-path)}
BT=${BT:-$(mktemp -d "${TMPDIR:-/tmp}/relief-try-XXXXXX")}
export PATH=$BIN:$PATH RELIEF_URL=unix:$BT/s/relief.sock

# ── The daemon.

up() { # [CLOCK]
  mkdir -p "$BT/s" "$BT/t" "$BT/f"; chmod 755 "$BT"   # as root, PostgreSQL runs as another user, who has to pass through
  : >"$BT/log"
  reliefd serve --data "$BT/data" --socket "$BT/s/relief.sock" --demo-clock "${1:-2026-08-03T09:00:00+08:00}" \
    --organisation CN --organisation-name 全国总工会 >>"$BT/log" 2>&1 &
  echo $! >"$BT/pid"
  # It says when it serves; its death ends the wait, too.
  timeout 120 tail --pid=$! -n +1 -f "$BT/log" | grep -q -m 1 'reliefd is ready' || grep -q 'reliefd is ready' "$BT/log" \
    || { cat "$BT/log" >&2; return 1; }
}

down() {
  [ -s "$BT/pid" ] || return 0
  kill "$(cat "$BT/pid")" 2>/dev/null && timeout 120 tail --pid="$(cat "$BT/pid")" -f /dev/null
  rm -f "$BT/pid"
}

fresh() { staffed=0; down; rm -rf "${BT:?}"/{s,t,f,data,log}; up "$@" && house; }   # all anew

# ── People. "as LOGIN VERB…": as that login; "me" is the administrator, by the Unix user that runs this.

as() { local who=$1; shift; if [ "$who" = me ]; then relief "$@"; else relief "$@" --token-file "$BT/t/$who"; fi; }
number() { awk -f "$W/deploy/demo/numbers.awk" -v "$1=$2"; }
field() { sed -n "s/.*\"$1\":\"\\([^\"]*\\)\".*/\\1/p" | head -n 1; }
union() { as me organisation create --code "$1" --name "$2" --level "$3" --line territory --parent "$4" >/dev/null; }
token() { as me token issue --user "$1" --json | field token >"$BT/t/$1"; }
staff() { # LOGIN NAME ROLE UNION; each is a person, registered at the root
  staffed=$((${staffed:-0} + 1))
  as me user create --login "$1" --name "$2" --organisation CN --id-number "$(number identity_of "110101 1980 1 1 $staffed")" \
    >/dev/null
  as me user grant --user "$1" --role "$3" --organisation "$4" >/dev/null
  token "$1"
}
figure() { # what governs everybody takes two people
  as xu parameter set --name "$1" --region "$2" --from 2026-01-01 --value "$3" --source 试验 >/dev/null
  as gui parameter confirm --name "$1" --region "$2" --from 2026-01-01 --value "$3" >/dev/null
}

house() { # a city with everybody it takes, a calendar, three programmes with their figures, a fund with 600,000 yuan
  local d p c
  union QH 青海省总工会 province CN; union "$O" 西宁市总工会 city QH; union HD 海东市总工会 city QH
  staff xu 徐规 programmeOfficer CN; staff gui 桂规 programmeOfficer CN
  staff lin 林工 caseWorker "$O"
  staff ma 马复核 reviewer "$O";     staff bai 白复核 reviewer "$O"   # two levels of review are two people's
  staff sun 孙主席 approver "$O";    staff zhao 赵副主席 approver "$O"
  staff qian 钱财务 financeOfficer "$O"; staff gu 顾核对 financeChecker "$O"
  staff zhou 周批准 financeApprover "$O"; staff wu 吴出纳 cashier "$O"
  as xu calendar set $(for d in 1 2 3 4 5 6 7; do echo --day 2026-10-0$d:off:国庆节; done) --day 2026-10-10:working:调休 \
    --source 试验 >/dev/null
  for p in "$W"/deploy/packs/*.yaml; do as xu programme add --pack "$p" >/dev/null; done
  for c in P01 P02 P04; do as gui programme release --programme $c --version 1 >/dev/null; done
  figure dibao_monthly "$O" 643; figure education_undergraduate "$O" 6000; figure education_college "$O" 4000
  figure education_senior_high "$O" 3000
  as qian fund create --code "$F" --name 试验资金 --organisation "$O" --source central --year 2026 \
    --item "education:2026-01-01:试验办法" --item life:2026-01-01:试验办法 --bank 中国工商银行西宁分行 \
    --account-number 2806000109200001234 --account-holder 西宁市总工会 --cnaps 102851000013 >/dev/null
  as qian fund receive --fund "$F" --amount 600,000 --on 2026-08-03 --reference CZ1 >/dev/null
}

# ── Households, students, cases.

H=户号,姓名,身份证号,手机,关系,户名,开户行,联行号,账号
roster() { { echo "$H"; cat; } >"$BT/f/roster.csv"; as lin household import --organisation "$O" --csv-file "$BT/f/roster.csv" --mode "${1:-all}"; }
parent() { number identity_of "630102 1978 3 $1 $((100 + $1))"; }
student() { number identity_of "630103 2007 5 $1 $((300 + $1))"; }
homes() { # N (1 to 9) households, each with a parent and a student who has a card
  local k
  for k in $(seq "$1"); do
    echo "$k,祁家长$k,$(parent $k),1399700000$k,户主,,,,"
    echo "$k,祁学生$k,$(student $k),,子女,祁学生$k,中国工商银行西宁分行,102851000013,$(number card_of $((9000 + k)))"
  done | roster
}
archived() {
  local k
  { echo 户号,级别,建档日期,国家档案号
    for k in $(seq "$1"); do echo "$O-H00000$k,相对,2025-03-01,QH630100-2025-000$k"; done; } >"$BT/f/archives.csv"
  as sun archive import --organisation "$O" --csv-file "$BT/f/archives.csv" --mode all
  printf '%%PDF-1.4\n%% paper\n' >"$BT/f/paper.pdf"
}
students() { homes "$1"; archived "$1"; }
drafts() { # N drafts of P04 with their papers
  local k
  { echo 身份证号,学段,学校,全日制,新生,学费,定向生、免费师范生或军校生,已获政府或社会资助
    for k in $(seq "$1"); do echo "$(student $k),undergraduate,青海大学,是,否,4000.00,否,否"; done; } >"$BT/f/round.csv"
  as lin case import --programme P04 --organisation "$O" --csv-file "$BT/f/round.csv" --mode all
  for k in $(seq "$1"); do as lin evidence add --case "$O-C2026-000$k" --kind school_record --file "$BT/f/paper.pdf" >/dev/null; done
}
reviewed() { local w; for w in ma bai; do as $w case decide --all --programme P04 --step review --outcome pass --yes; done; }
atnotice() { students "$1"; drafts "$1"; as lin case submit --all --programme P04; reviewed; }
approved() { local w; for w in sun zhao; do as $w case decide --all --programme P04 --step approve --outcome pass --yes; done; }
award() { # N awards of 6,000 yuan, due on 2026-09-10; the clock is at 2026-08-11 then
  atnotice "$1"; as lin notice publish --programme P04 --organisation "$O"; as me clock advance --working-days 6; approved
}

# ── Runs and bank files.

payrun() { # [FORMAT] [CLOCK]: a run of all that is due, released; sets RUN and REF[0..]
  RUN=$(as qian run prepare --fund "$F" --programme P04 --up-to 2026-09-10 --execute-on 2026-09-10 | sed -n 's/^\(.*-R[0-9-]*\):.*/\1/p')
  as gu run check --run "$RUN" --yes; as zhou run approve --run "$RUN" --yes; as wu run release --run "$RUN" --format "${1:-pain001}" --yes
  REF=($(as qian payment list --run "$RUN" --json | grep -o '"reference":"[^"]*"' | cut -d'"' -f4))
  as me clock advance --to "${2:-2026-09-10T10:00:00+08:00}"
}
e2e() { echo "<EndToEndId>$1</EndToEndId>"; }
tx() { echo "<TxDtls><Refs>$1</Refs><Amt Ccy=\"CNY\">${3:-6000.00}</Amt><CdtDbtInd>${2:-DBIT}</CdtDbtInd>${4:-}</TxDtls>"; }
ntry() { # DIRECTION AMOUNT DAY REFERENCE [DETAILS]; DAY is <Dt>…</Dt> or <DtTm>…</DtTm>
  echo "<Ntry><Amt Ccy=\"CNY\">$2</Amt><CdtDbtInd>$1</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt>$3</BookgDt><AcctSvcrRef>$4</AcctSvcrRef>${5:+<NtryDtls>$5</NtryDtls>}</Ntry>"
}
camt() { # FILE MESSAGE [ROOT]; the entries on stdin
  local kind=${3:-BkToCstmrDbtCdtNtfctn} part=Ntfctn
  [ "$kind" = BkToCstmrStmt ] && part=Stmt
  { echo '<?xml version="1.0" encoding="UTF-8"?>'
    echo "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"><$kind><GrpHdr><MsgId>$2</MsgId><CreDtTm>2026-09-10T09:59:00+08:00</CreDtTm></GrpHdr><$part><Id>$2-1</Id><Acct><Id><Othr><Id>2806000109200001234</Id></Othr></Id></Acct>"
    cat; echo "</$part></$kind></Document>"; } >"$BT/f/$1"
}
DAY='<Dt>2026-09-10</Dt>'

# ── Programmes of one's own.

ONE='{count: "1", first: {working_days: 1}}'
write_pack() { # CODE FACTS RULES AMOUNT [INSTALMENTS]
  cat >"$BT/f/$1.yaml" <<Y
programme: $1
version: 1
title: 试验$1
kind: grant
source: 试验
subject: household
needs_archive: {waived: 试验}
once_per: "string(this_year)"
facts: $2
rules: $3
amount: "$4"
instalments: ${5:-$ONE}
item: life
funding: [central]
evidence: []
steps:
  - {kind: review, title: 审核, days: 5}
  - {kind: notice, title: 公示, working_days: 5, shows_amount: true}
  - {kind: approve, title: 审批, days: 5, bands: [{people: 1}]}
  - {kind: pay, title: 发放, days: 15}
Y
}
check_pack() { relief programme check --pack "$BT/f/$1.yaml"; }
pack() { write_pack "$@"; check_pack "$1" && as xu programme add --pack "$BT/f/$1.yaml" && as gui programme release --programme "$1" --version 1; }
open_case() { # PROGRAMME HOUSEHOLD FACTS…: sets C; says what it said
  local p=$1 h=$2 f facts=() said
  shift 2; C=; for f in "$@"; do facts+=(--fact "$f"); done
  said=$(as lin case open --programme "$p" --organisation "$O" --household "$O-H00000$h" "${facts[@]}" --json) || { local status=$?; echo "$said"; return $status; }
  C=$(grep -o '"number":"[^"]*-C[^"]*"' <<<"$said" | head -n 1 | cut -d'"' -f4)
}
upto_notice() { as lin case submit --case "$C" && as ma case decide --case "$C" --outcome pass --yes && as lin notice publish --programme "$1" --organisation "$O"; }
through() { upto_notice "$1" && as me clock advance --working-days 6 && as sun case decide --case "$C" --outcome pass --yes; }
