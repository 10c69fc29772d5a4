#!/usr/bin/env bash
# Writes Tests/Fixtures/signing: keys of several kinds, and a signature by OpenSSL. New keys each time.
set -euo pipefail
cd "$(dirname "$0")/../../Tests/Fixtures/signing"
openssl ecparam -name prime256v1 -genkey -noout -out private.pem
openssl ec -in private.pem -pubout -out public.pem
openssl pkcs8 -topk8 -nocrypt -in private.pem -out private-pkcs8.pem
openssl pkcs8 -topk8 -passout pass:secret -in private.pem -out locked.pem
openssl ecparam -name prime256v1 -genkey -noout | openssl ec -pubout -out other-public.pem
openssl ecparam -name secp384r1 -genkey -noout -out p384.pem
openssl genrsa -out rsa.pem 2048
printf 'a message\n' >message
openssl dgst -sha256 -sign private.pem -out message.sig message
