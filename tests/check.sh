#!/bin/sh
# Every check says what it looks at, changes nothing, and all of them run even when one fails.
BIN=.venv/bin
try() { name=$1; shift; if out=$("$@" 2>&1); then echo "ok    $name"; else echo "FAIL  $name"; echo "$out" | tail -40; echo "$name" >> "$FAILED"; fi; }
export FOTSPOR_MODE=test
FOTSPOR_HOME=$(mktemp -d); export FOTSPOR_HOME
FAILED="$FOTSPOR_HOME/failed" SAID="$FOTSPOR_HOME/said"
trap 'rm -rf "$FOTSPOR_HOME"' EXIT
listed() { test "$(git ls-files | wc -l)" -gt 100; }  # outside git the checks below would look at nothing
no_registry_hosts() { ! git ls-files -z | xargs -0 grep -nIE '(pypi|pythonhosted|npmjs|registry|deb\.debian|files\.python)[a-z.]*\.(org|com|io)' -- ; }
no_resolved() { ! grep -q '"resolved"' package-lock.json; }
locks_are_hashed() { ! grep -LE -- '--hash=sha256:' requirements/*.txt | grep . && ! grep -nE 'index-url|find-links' requirements/*.txt; }
# Tests make up passwords, so the rule on words such as «password» is left out there, and there only.
secrets() { git ls-files -z -- ':!*tests/*' | xargs -0 $BIN/detect-secrets-hook --exclude-files '(package-lock.json|requirements/.*)' \
  && git ls-files -z -- '*tests/*' | xargs -0 $BIN/detect-secrets-hook --disable-plugin KeywordDetector ; }
deploy() { FOTSPOR_MODE=production FOTSPOR_HOSTS=fotspor.example FOTSPOR_BEHIND_PROXY=1 DATABASE_URL=sqlite://:memory: \
  FOTSPOR_SECRET_KEY=$($BIN/python -c 'import secrets;print(secrets.token_urlsafe(60))') \
  FOTSPOR_FIELD_KEYS=$($BIN/python -c 'from cryptography.fernet import Fernet;print(Fernet.generate_key().decode())') \
  FOTSPOR_INDEX_KEY=$($BIN/python -c 'import secrets;print(secrets.token_urlsafe(60))') \
  $BIN/python manage.py check --deploy --fail-level WARNING; }
# Two hands, since most machines have two cores: what the one finds is said when the other is done too.
of_words_and_files() {
  FOTSPOR_HOME="$FOTSPOR_HOME/other"; export FOTSPOR_HOME; mkdir "$FOTSPOR_HOME"
  try "format" $BIN/ruff format --check --quiet .
  try "lint" $BIN/ruff check --quiet .
  try "types on rules" $BIN/mypy
  try "import contracts" $BIN/lint-imports
  try "templates" $BIN/djlint fotspor --lint --quiet
  try "git lists the files" listed
  try "secrets" secrets
  try "no registry host names" no_registry_hosts
  try "package-lock without addresses" no_resolved
  try "hashed requirements" locks_are_hashed
}
of_words_and_files > "$SAID" & OTHER=$!
try "fitness tests" $BIN/pytest -q -n 0 -p no:cacheprovider tests/architecture --ignore tests/architecture/test_policy_worlds.py
try "migrations" $BIN/python manage.py makemigrations --check --dry-run
try "words" $BIN/python -m fotspor.kit.messages check
try "docs" $BIN/python docs/generate.py --check
try "production settings" deploy
wait "$OTHER" || echo "half of it was cut off" >> "$FAILED"
cat "$SAID"
test ! -e "$FAILED" || { echo; echo "Failed: $(paste -sd ' ' "$FAILED"). 'make fix' puts right what a machine can."; exit 1; }
