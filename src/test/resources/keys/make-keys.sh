#!/bin/sh
# Makes the keys of the tests again, with gpg 2.2 or later. TEST ONLY: their secret halves are public.
# Each file is one key (or one fault); the names say which. Run it in this folder.
set -eu

rm -f text.*
GNUPGHOME=$(mktemp -d)
export GNUPGHOME
trap 'gpgconf --kill all; rm -rf "$GNUPGHOME"' EXIT
passphrase='correct horse'

# fake DATE: all later gpg calls believe it is that day.
fake() { now="$1T000000!"; }
run() { gpg --batch --quiet --no-tty --pinentry-mode loopback --passphrase "$secret" --faked-system-time "$now" "$@"; }
# make NAME ALGORITHM USAGE EXPIRY [options]: a key whose user id is "NAME TEST ONLY <NAME@test.invalid>".
make() {
  name=$1 algorithm=$2 usage=$3 expiry=$4
  shift 4
  run "$@" --quick-generate-key "$name TEST ONLY <$name@test.invalid>" "$algorithm" "$usage" "$expiry"
}
fingerprint() { run --with-colons --list-keys "$1@test.invalid" | awk -F: '$1 == "fpr" { print $10; exit }'; }
secret_key() { run --armor --export-secret-keys "$1@test.invalid" >"$1.asc"; }

secret=''
fake 20240101
# What gpg signs, for our verifier: the text ends without a newline and holds dashes, blanks and CRLF.
printf 'From here\r\n- a dash\n-----BEGIN nothing-----\nblanks \t \n\nlast' >text

make good rsa4096 sign 20440101T000000
secret_key good
run --export-secret-keys good@test.invalid >good.pgp
run --armor --export good@test.invalid >good-public.asc
run --export good@test.invalid >good-public.pgp

# It signs while it has no end, and gets one before that afterwards.
make expired rsa3072 sign never
run --faked-system-time 20250601T000000! --local-user expired@test.invalid --armor --output text.late.asc --detach-sign text
run --faked-system-time 20240102T000000! --quick-set-expire "$(fingerprint expired)" 20250101T000000
secret_key expired
make sha1 rsa3072 sign never --cert-digest-algo SHA1
secret_key sha1
make rsa2048 rsa2048 sign never
secret_key rsa2048
make dsa dsa2048 sign never
secret_key dsa
make ed25519 ed25519 sign never
secret_key ed25519
make nistp256 nistp256 sign never
secret_key nistp256

make subkey rsa3072 cert never
run --quick-add-key "$(fingerprint subkey)" rsa3072 sign never
secret_key subkey
run --armor --export-secret-subkeys subkey@test.invalid >stub.asc

# A primary key that may sign, but is only a stub in the export.
make stub-signs rsa3072 sign never
run --quick-add-key "$(fingerprint stub-signs)" rsa3072 sign never
run --armor --export-secret-subkeys stub-signs@test.invalid >stub-signs.asc

make revoked rsa3072 sign never
run --faked-system-time 20240601T000000! --local-user revoked@test.invalid --armor --output text.revoked.asc --detach-sign text
sed 's/^:---/---/' "$GNUPGHOME/openpgp-revocs.d/$(fingerprint revoked).rev" | run --import
secret_key revoked

make sha1-subkey rsa3072 sign never
run --cert-digest-algo SHA1 --quick-add-key "$(fingerprint sha1-subkey)" rsa3072 encr never
secret_key sha1-subkey

run --armor --export-secret-keys good@test.invalid rsa2048@test.invalid >two.asc

fake 20240601
run --local-user good@test.invalid --output text.sig --detach-sign text
run --local-user good@test.invalid --armor --output text.sig.asc --detach-sign text
run --local-user good@test.invalid --output text.clear.asc --clear-sign text
run --local-user good@test.invalid --digest-algo SHA1 --armor --output text.sha1.asc --detach-sign text
run --local-user good@test.invalid --default-sig-expire 1d --armor --output text.ends.asc --detach-sign text
run --local-user good@test.invalid --textmode --armor --output text.mode.asc --detach-sign text
run --local-user subkey@test.invalid --armor --output text.subkey.asc --detach-sign text
run --local-user rsa2048@test.invalid --local-user good@test.invalid --armor --output text.both.asc --detach-sign text

secret=$passphrase
fake 20240101
make passphrase rsa3072 sign never
secret_key passphrase
run --armor --export passphrase@test.invalid >passphrase-public.asc
