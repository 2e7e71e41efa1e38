#!/usr/bin/env bash
# Checks an export of cvpn-audit without cvpn-audit: from the export's own folder, and a public key that you kept.
#
#   verify-by-hand.sh FILE KEY [KEY …]
#
# FILE has FILE.manifest.json beside it and, if the export was made with --evidence, the folder FILE.evidence. KEY is a PEM file, or the
# base64 of its 32 bytes (the stack's output PublicKey). Give several if the trail's key was changed.
# Needs bash 4.3, OpenSSL 3, jq 1.6, coreutils and gzip. Changes nothing. docs/data.md has every format that is read here.
# Exit code: 0 what was checked is right, 3 something is wrong, 2 it could not be checked.
set -uo pipefail
export LC_ALL=C
shopt -s globstar dotglob nullglob

cannot() { printf 'Cannot check: %s\n' "$*" >&2; exit 2; }
right() { printf 'ok     %s\n' "${*//[[:cntrl:]]/?}"; }
wrong() { printf 'WRONG  %s\n' "${*//[[:cntrl:]]/?}"; faults=$((faults + 1)); }
faults=0

(($# >= 2)) || cannot "expected FILE and KEY, as in: verify-by-hand.sh connections.csv public-key.pem"
for tool in openssl jq sha256sum base64 od gunzip; do
  [ "$(type -t "$tool")" ] || cannot "$tool is not installed"
done
file=$1 signed=$1.manifest.json evidence=$1.evidence
[ -f "$signed" ] || cannot "there is no $signed; expected the manifest that the export wrote beside FILE"
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

# --- Hashes: SHA-256, in 64 hexadecimal digits.

hash() { local sum; sum=$(sha256sum) && printf '%s' "${sum%% *}"; }
to_hex() { local hex; hex=$(od -An -v -tx1) && printf '%s' "${hex//[[:space:]]/}"; }
from_hex() { local rest=$1 bytes=; while [ "$rest" ]; do bytes+="\\x${rest:0:2}" rest=${rest:2}; done; printf "$bytes"; }

# --- Signatures: Ed25519, in the lines "— NAME BASE64" of a signed note (C2SP). BASE64 is 4 bytes of key id, and 64 of signature.

keys=0
for given in "${@:2}"; do
  if [ -f "$given" ]; then cat "$given"
  else printf -- '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA%s\n-----END PUBLIC KEY-----\n' "$given"; fi >"$work/key$keys.pem"
  openssl pkey -pubin -in "$work/key$keys.pem" -outform DER 2>"$work/said" | tail -c 32 >"$work/key$keys"
  [ "$(to_hex <"$work/key$keys")" ] || cannot "'$given' is no key; expected a PEM file with an Ed25519 public key, or base64 of its 32 bytes"
  keys=$((keys + 1))
done

# is_signed TEXT NAME LINES: whether one of the keys, under this name, has signed the file TEXT, and none of them another text.
is_signed() {
  local line n id status=1
  while IFS= read -r line; do
    [[ $line == "— $2 "* ]] || continue
    base64 -d <<<"${line##* }" >"$work/signature" 2>"$work/said" || return 1
    for ((n = 0; n < keys; n++)); do
      id=$({ printf '%s\n\001' "$2"; cat "$work/key$n"; } | hash)
      [ "$(head -c 4 "$work/signature" | to_hex)" = "${id:0:8}" ] || continue
      tail -c +5 "$work/signature" >"$work/signature64"
      openssl pkeyutl -verify -pubin -inkey "$work/key$n.pem" -rawin -in "$1" -sigfile "$work/signature64" >"$work/said" 2>&1 || return 1
      status=0
    done
  done <<<"$3"
  return $status
}

# is_checkpoint FILE ENDPOINT: whether it is a signed checkpoint of this log. Leaves its text in $work/text.
is_checkpoint() {
  local note name=client-vpn-audit/$2
  [ -f "$1" ] || return 1
  note=$(cat "$1" && printf x) note=${note%x}
  printf '%s\n' "${note%$'\n\n'*}" >"$work/text"
  [[ $note == "$name"$'\n'* ]] && is_signed "$work/text" "$name" "${note##*$'\n\n'}"
}

# --- The Merkle tree: RFC 6962, section 2.1; its proofs: RFC 9162, sections 2.1.3.2 and 2.1.4.2.

leaf_of() { { printf '\0'; cat "$1"; } | hash; }
parent_of() { from_hex "01$1$2" | hash; }

# append LEAF: `roots` are those of the perfect subtrees that `size` leaves make, largest first.
append() {
  local node=$1 n
  for ((n = size; n % 2; n /= 2)); do node=$(parent_of "${roots[-1]}" "$node") && unset 'roots[-1]'; done
  roots+=("$node") size=$((size + 1))
}

root_of_roots() {
  local node=${roots[-1]} n
  for ((n = ${#roots[@]} - 2; n >= 0; n--)); do node=$(parent_of "${roots[n]}" "$node"); done
  printf '%s' "$node"
}

# climb FN SN NODE BASE HASH …: the root that an audit path leads to and, from BASE, that of a smaller tree.
climb() {
  local fn=$1 sn=$2 node=$3 base=$4 sibling
  for sibling in "${@:5}"; do
    ((sn > 0)) || return 1
    if ((fn % 2 || fn == sn)); then
      node=$(parent_of "$sibling" "$node") base=$(parent_of "$sibling" "$base")
      while ((fn % 2 == 0 && fn > 0)); do fn=$((fn / 2)) sn=$((sn / 2)); done
    else node=$(parent_of "$node" "$sibling"); fi
    fn=$((fn / 2)) sn=$((sn / 2))
  done
  ((sn == 0)) && printf '%s %s' "$node" "$base"
}

# is_included LEAF INDEX SIZE ROOT HASH …
is_included() {
  local tops
  (($2 < $3)) && tops=$(climb "$2" $(($3 - 1)) "$1" "$1" "${@:5}") && [ "${tops% *}" = "$4" ]
}

# is_consistent SIZE ROOT SIZE ROOT HASH …: whether the second tree begins with the first.
is_consistent() {
  local fn=$(($1 - 1)) sn=$(($3 - 1)) path=("${@:5}")
  (($1 != $3)) || { [ "$2" = "$4" ]; return; }
  (($1 < $3 && ${#path[@]} > 0)) || return 1
  (($1 & ($1 - 1))) || path=("$2" "${path[@]}")
  while ((fn % 2)); do fn=$((fn / 2)) sn=$((sn / 2)); done
  [ "$(climb "$fn" "$sn" "${path[0]}" "${path[0]}" "${path[@]:1}")" = "$4 $2" ]
}

# --- 1. The manifest. Signed is the hash of its canonical JSON: members sorted, no white space.

# jq writes DEL as an escape, and cannot keep half a surrogate pair.
[[ $(cat "$signed") =~ \\u[dD][89a-fA-F] ]] && cannot "$signed has half a character, which jq does not keep; use cvpn-audit verify"
jq -j '
  def text: "\"" + (split("\u007f") | map(tojson[1:-1]) | join("\u007f")) + "\"";
  def canonical:
    if type == "object" then "{" + ([keys[] as $key | ($key | text) + ":" + (.[$key] | canonical)] | join(",")) + "}"
    elif type == "array" then "[" + (map(canonical) | join(",")) + "]"
    elif type == "string" then text else tojson end;
  .manifest | canonical' "$signed" >"$work/canonical" 2>"$work/said" || cannot "$signed is no manifest: $(cat "$work/said")"
printf 'client-vpn-audit/export\n%s\n' "$(hash <"$work/canonical")" >"$work/text"
if ! is_signed "$work/text" client-vpn-audit/export "$(jq -r .signature "$signed")"; then
  wrong "$signed was changed, or a key that was not given has signed it: what it says, and what it names, proves nothing"
  exit 3
fi
right "the manifest is signed; it says:"
jq -r '.manifest | {kind, format, rows, question, window, coverage, exportedAt, exportedBy} | to_entries[] | "         \(.key) \(.value | tojson)"' "$signed"

# What is used of it, one value a line. Only in the form that each must have: some become numbers and file names here.
jq -r '
  def like($form): if type == "string" and test("^(?:" + $form + ")$") then . else error("\(.) is not like \($form)") end;
  def hash: like("[0-9a-f]{64}");
  def whole: if type == "number" and . >= 0 and . == floor then . else error("\(.) is no whole number") end;
  def endpoint: like("cvpn-endpoint-[0-9a-f]+");
  .manifest
  | "exported \(.exportedAt | fromdateiso8601)",
    (.files | length as $files | .[] | "file \($files) \(.bytes | whole) \(.sha256 | hash) \(.name | like("[^/\\\\\n]+"))"),
    (.beside // [] | .[] | "file 0 \(.bytes | whole) \(.sha256 | hash) \(.name | like("[^/\\\\\n]+"))"),
    (.checkpoints[] | "checkpoint \(.endpointId | endpoint) \(.note | @base64)"),
    (.evidence // [] | .[]
      | "stretch \(.endpointId | endpoint) \(.first | whole) \(.size | whole)",
        "left \([.left[] | hash] | join(" "))",
        "consistency \([.consistency[] | hash] | join(" "))",
        "entries",
        (.others[] | "other \(.entry | whole) \([.inclusion[] | hash] | join(" "))"))' \
  "$signed" >"$work/values" 2>"$work/said" || cannot "$signed has another form than docs/data.md: $(cat "$work/said")"

# --- 2. Its files, and its evidence: the entries that came along, up to the root that each log's checkpoint signs.

# Files whose place is known; and logs of which it is not, because their entries are wrong.
declare -A known=() unread=() tree_size=() tree_root=()
is_named= has_trail= exported_at=0 entries=0 chunks=0 expired=0

check_file() { # how many there are, BYTES, SHA256, NAME. A single one may have another name by now.
  local path=$file
  (($1 == 1)) || path=$(dirname "$file")/$4
  [[ $path = "$file" || $path -ef $file ]] && is_named=yes
  if [ ! -f "$path" ]; then wrong "$path is not there"
  elif [ "$(hash <"$path")" = "$3" ]; then right "$path is the file of $2 bytes that was signed"
  else wrong "$path is not the file that was signed: its SHA-256 is not $3"; fi
}

check_checkpoint() { # ENDPOINT, NOTE in base64
  local head
  base64 -d <<<"$2" >"$work/note"
  is_checkpoint "$work/note" "$1" || { wrong "the checkpoint of $1 is not signed by a key that was given"; return; }
  mapfile -t head <"$work/text"
  [[ ${head[1]} =~ ^[1-9][0-9]{0,15}$ ]] || { wrong "the checkpoint of $1 is none: its second line is no size"; return; }
  tree_size[$1]=${head[1]} tree_root[$1]=$(base64 -d <<<"${head[2]}" | to_hex)
  right "the checkpoint of $1 is signed: ${head[1]} entries, root ${head[2]}"
}

# read_entry ENDPOINT ENTRY: sets `leaf`, and adds the entry's manifest to those that were read.
read_entry() {
  local path
  path=$evidence/manifests/$1/$(printf %010d "$2").json
  known[$path]=yes
  [ -f "$path" ] || { wrong "$path is not there"; return 1; }
  leaf=$(leaf_of "$path")
  cat "$path" >>"$work/entries"
}

check_entries() { # ENDPOINT FIRST UNTIL, with `left` and `consistency`: a stretch without a hole
  local endpoint=$1 first=$2 until=$3 rest=$2 set=0 roots=("${left[@]}") size=$2 copy
  unread[$endpoint]=yes
  [ "${tree_size[$endpoint]-}" ] || return
  ((first < until && until <= tree_size[$endpoint])) || { wrong "no entry of $endpoint came along"; return; }
  copy=$evidence/checkpoints/$endpoint/$(printf %010d "${tree_size[$endpoint]}")
  known[$copy]=yes
  is_checkpoint "$copy" "$endpoint" && [[ $(cat "$work/text") == *$'\n'"${tree_size[$endpoint]}"$'\n'* ]] || wrong "$copy is not the checkpoint of that size"
  for ((; rest; rest /= 2)); do set=$((set + rest % 2)); done
  ((${#left[@]} == set)) || { wrong "the tree before entry $first of $endpoint has $set perfect subtrees; the manifest names ${#left[@]}"; return; }
  : >"$work/entries"
  for ((; size < until; )); do
    read_entry "$endpoint" "$size" || return
    append "$leaf"
    if ((size % 1000 == 0)); then printf '       %s: entry %s of %s\n' "$endpoint" "$size" "$until" >&2; fi
  done
  if ! is_consistent "$size" "$(root_of_roots)" "${tree_size[$endpoint]}" "${tree_root[$endpoint]}" "${consistency[@]}"; then
    wrong "entries $first to $((until - 1)) of $endpoint are not those under its signed checkpoint"
    return
  fi
  entries=$((entries + until - first))
  unset "unread[$endpoint]"
  right "entries $first to $((until - 1)) of $endpoint are those under its signed checkpoint"
  check_chunks "$endpoint" all
}

check_other() { # ENDPOINT ENTRY HASH …: a single entry, with its audit path
  [ "${tree_size[$1]-}" ] || return
  : >"$work/entries"
  read_entry "$1" "$2" || { unread[$1]=yes; return; }
  if ! is_included "$leaf" "$2" "${tree_size[$1]}" "${tree_root[$1]}" "${@:3}"; then
    wrong "entry $2 of $1 is not the one under its signed checkpoint"
    unread[$1]=yes
    return
  fi
  entries=$((entries + 1))
  check_chunks "$1" some
}

# check_chunks ENDPOINT all|some: the rows of the entries just read. Of single entries only some chunks came along.
check_chunks() {
  local day sha256 expires path
  while read -r day sha256 expires; do
    path=$evidence/chunks/$1/$day/$sha256.ndjson.gz
    [ "${known[$path]-}" ] && continue
    if [ -f "$path" ]; then
      known[$path]=yes chunks=$((chunks + 1))
      [ "$(gunzip -c <"$path" 2>"$work/said" | hash)" = "$sha256" ] || wrong "$path holds other rows than were recorded"
    elif [ "$2" = all ]; then
      known[$path]=yes
      if ((expires <= exported_at)); then expired=$((expired + 1)); else wrong "$path is not there"; fi
    fi
  done < <(jq -r '
    def like($form): if test("^(?:" + $form + ")$") then . else error("\(.) is not like \($form)") end;
    (.slot[:10] | like("[0-9]{4}-[0-9]{2}-[0-9]{2}")) as $day | (.chunksExpireAt // 99999999999 | floor) as $expires
    | .chunks[] | "\($day) \(.sha256 | like("[0-9a-f]{64}")) \($expires)"' "$work/entries")
}

while read -r kind one two three four <&3; do
  case $kind in
    exported) exported_at=$one ;;
    file)
      check_file "$one" "$two" "$three" "$four"
      [ "$one $four" != "0 trail.json" ] || has_trail=yes
      ;;
    checkpoint) check_checkpoint "$one" "$two" ;;
    stretch) endpoint=$one first=$two until=$three ;;
    left) read -ra left <<<"$one $two $three $four" ;;
    consistency) read -ra consistency <<<"$one $two $three $four" ;;
    entries) check_entries "$endpoint" "$first" "$until" ;;
    other) read -ra path <<<"$two $three $four"; check_other "$endpoint" "$one" "${path[@]}" ;;
  esac
done 3<"$work/values"
[ "$is_named" ] || wrong "$file is none of the files that the manifest names"
if ((entries > 0)); then
  for path in "$evidence"/**; do
    endpoint=${path#"$evidence"/*/} endpoint=${endpoint%%/*}
    [ -d "$path" ] || [ "${known[$path]-}" ] || [ "${unread[${endpoint:-none}]-}" ] || wrong "$path is nothing that the manifest names"
  done
  right "evidence: entries $entries, chunks $chunks; chunks that had expired when the export was made: $expired"
else
  printf '%s\n' "       no evidence was checked: that the rows are those of the log rests on the word of who exported them"
fi

# --- 3. In a pack: the checkpoint over all logs, and the entry under it that names each of them.

check_trail() { # FILE
  local name head origin size root endpoint path
  name=$(jq -r .trail "$1" 2>"$work/said") && [[ $name =~ ^trail-[0-9a-f]{16}$ ]] || { wrong "$1 is no checkpoint over all logs"; return; }
  jq -j .checkpoint "$1" >"$work/note" && jq -j .entry "$1" >"$work/entry" && mapfile -t path < <(jq -r '.inclusion[]' "$1")
  is_checkpoint "$work/note" "$name" || { wrong "the checkpoint in $1 is not signed by a key that was given"; return; }
  mapfile -t head <"$work/text"
  if ! [[ ${head[1]} =~ ^[1-9][0-9]{0,15}$ && ! ${path[*]} =~ [^0-9a-f\ ] ]] ||
    ! is_included "$(leaf_of "$work/entry")" $((head[1] - 1)) "${head[1]}" "$(base64 -d <<<"${head[2]}" | to_hex)" "${path[@]}"; then
    wrong "the entry in $1 is not the last one under its checkpoint"
    return
  fi
  right "the checkpoint over all logs is signed: ${head[1]} entries, root ${head[2]}; the last of them names:"
  while read -r origin size root; do
    endpoint=${origin#client-vpn-audit/}
    printf '         %s of %s entries, root %s\n' "${endpoint//[[:cntrl:]]/?}" "${size//[[:cntrl:]]/?}" "${root//[[:cntrl:]]/?}"
    [ "${tree_size[$endpoint]-}" != "$size" ] || [ "${tree_root[$endpoint]}" = "$(base64 -d <<<"$root" | to_hex)" ] ||
      wrong "the checkpoint over all logs names another root of $endpoint than its own checkpoint"
  done < <(jq -r '.logs[] | "\(.origin) \(.size) \(.root)"' "$work/entry")
}

if [ "$has_trail" ] && [ -f "$(dirname "$file")/trail.json" ]; then check_trail "$(dirname "$file")/trail.json"; fi

# --- 4. The verdict.

cat <<END
Not checked here:
  that the rows of the file are those of the chunks, and all that match: cvpn-audit verify FILE recomputes them
  that coverage, gaps and the evidence's reach follow from the entries: cvpn-audit verify FILE, too
  that the logs have not gone on differently since, or been rolled back: keep the checkpoints above, and compare later ones
  in a pack: that the logs which the checkpoint over all logs names all came along, and that coverage.json, keys.json and accesses.ndjson are right
  that the capture was honest before it was signed; who really exported, and when: the signer's own word
END
if ((faults > 0)); then printf 'WRONG: %s of what was checked.\n' "$faults"; exit 3; fi
printf 'RIGHT: everything that was checked.\n'
