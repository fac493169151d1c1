#!/usr/bin/env bash
# Brings the catalogues up to the texts in code and templates: what is new gets an empty translation, to be written;
# what nobody says any more goes. A second run changes nothing. tests/test_translations.py reads the -k options below.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

folder=reviewtool/web/translations
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The header says what a program needs and nothing that changes by itself.
header() {  # header LANGUAGE
    printf '%s\n' \
        'msgid ""' \
        'msgstr ""' \
        "\"Language: $1\\n\"" \
        '"MIME-Version: 1.0\n"' \
        '"Content-Type: text/plain; charset=utf-8\n"' \
        '"Content-Transfer-Encoding: 8bit\n"' \
        '"Plural-Forms: nplurals=2; plural=(n != 1);\n"' \
        ''
}

.venv/bin/pybabel -q extract -F babel.cfg -k mark -k mark_plural:1,2 -k text:2 -k plural:2,3 \
    --no-location --sort-output --omit-header --no-wrap -o "$work/messages.pot" .
for language in en pt; do
    file=$folder/$language/LC_MESSAGES/messages.po
    mkdir -p "$(dirname "$file")"
    [[ -f "$file" ]] || header "$language" >"$file"
    cp "$file" "$work/messages.po"
    .venv/bin/pybabel -q update -i "$work/messages.pot" -o "$work/messages.po" -l "$language" \
        --no-fuzzy-matching --ignore-obsolete --omit-header --no-wrap
    { header "$language"; cat "$work/messages.po"; } >"$work/$language.po"
    cmp -s "$work/$language.po" "$file" || cp "$work/$language.po" "$file"
done
