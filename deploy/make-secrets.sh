#!/bin/sh
# Makes the secrets of an installation, each once: 32 random bytes in hex. A file appears complete or not at all, and
# one that is there is never touched: what was sealed with it could not be opened any more.
set -eu
umask 077

make_secret() {
  file=$1 mode=$2
  if [ -e "$file" ]; then return; fi
  head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >"$file.draft"
  chmod "$mode" "$file.draft"
  mv "$file.draft" "$file"
}

make_secret /secrets/service/service.key 0400
# For PostgreSQL's user, too, by its group.
make_secret /secrets/database/password 0440
