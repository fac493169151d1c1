#!/usr/bin/env bash
# Lint, format and types, each to its end, so that one run shows everything; scripts/install.sh dev has been run.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

failed=0
.venv/bin/ruff check . || failed=1
.venv/bin/ruff format --check . || failed=1
.venv/bin/mypy || failed=1
exit "$failed"
