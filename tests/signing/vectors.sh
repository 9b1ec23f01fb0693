#!/usr/bin/env bash
# Makes vectors.tsv with openssl, so that the signing tests do not check our code against itself:
#   tests/signing/vectors.sh > tests/signing/vectors.tsv
set -euo pipefail
export LC_ALL=C.UTF-8

sha() { printf '%s' "$1" | openssl dgst -sha256 -binary | openssl base64 -A; }

vector() { # key method target date host body
  local hash hex signature
  hash=$(sha "$6")
  hex=$(printf '%s' "$1" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
  signature=$(printf '%s\n%s\n%s;%s;%s' "$2" "$3" "$4" "$5" "$hash" |
    openssl dgst -sha256 -mac HMAC -macopt "hexkey:$hex" -binary | openssl base64 -A)
  printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" "$5" "$6" "$hash" "$signature"
}

echo "# key, method, target, date, host, body, content hash, signature; made by vectors.sh with openssl"
short=a2V5
long=$(printf 'an access key as long as those of the portal, 64 bytes and a few' | openssl base64 -A)
longer=$(printf 'a key longer than the block of SHA-256, which HMAC hashes first: %s' {1..9} | openssl base64 -A)
date='Tue, 24 Nov 2026 09:08:07 GMT'
vector "$short" GET '/rooms?api-version=2025-03-13' "$date" localhost:8443 ''
vector "$long" GET '/rooms?api-version=2025-03-13' "$date" localhost ''
vector "$long" POST '/rooms?api-version=2025-03-13' "$date" contoso.communication.azure.com '{}'
vector "$long" POST '/rooms?api-version=2025-03-13' "$date" contoso.communication.azure.com '{"participants":{}}'
vector "$longer" PATCH '/rooms/99421631042321048?api-version=2023-06-14' "$date" '[::1]:443' '{"validFrom":null}'
vector "$longer" DELETE '/rooms/99421631042321048?api-version=2024-04-15' "$date" 127.0.0.1:1 ''
vector "$long" POST '/identities/8%3Aacs%3Aa_b/:issueAccessToken?api-version=2023-10-01' "$date" localhost:8443 '{"scopes":["voip"]}'
vector "$long" GET '/rooms?nextLink=%2Ba%2Fb~*%3D&api-version=2025-03-13' "$date" localhost:8443 ''
vector "$long" PATCH '/rooms/ü' "$date" localhost:8443 '{"é":"→"}'
