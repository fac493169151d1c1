#!/usr/bin/env bash
# Compares the pinned libraries with the weaknesses that are published of them (pip-audit, asking pypi.org). It needs the
# network, so `make check` and `make test` do without it. Status 1 and a line for each weakness.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder"
"$folder/bin/pip" --disable-pip-version-check --quiet --no-input install 'pip-audit==2.10.1'
"$folder/bin/pip-audit" --disable-pip --no-deps --requirement "${1:-requirements.txt}"
