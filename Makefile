# What people type. Anything longer than two lines is in scripts/.
# PORT, HOST and VAR reach the program through the environment:  make run PORT=8080 VAR=/srv/review

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help install run test check audit format demo-reset bench bench-diff bench-record bench-faults bench-mail bench-word bench-editor frontend

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

install:  ## Make .venv and install what the program needs
	@scripts/install.sh runtime

run:  ## Start with the demonstration group on http://127.0.0.1:8000 (PORT, HOST, VAR)
	@scripts/run.sh run-demo

test:  ## Install what the tests need and run every check and test
	@scripts/test.sh

check:  ## Only lint, format and types
	@scripts/install.sh dev
	@scripts/check.sh

audit:  ## Compare the libraries with the weaknesses published of them; needs the network
	@scripts/audit.sh

format:  ## Put the code in the house format
	@scripts/install.sh dev
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

demo-reset:  ## Throw the demonstration's data away; the next run makes it again
	@scripts/run.sh demo reset

frontend:  ## Build the editor of frontend/ into the program; needs Node, which nobody else needs
	@scripts/frontend.sh

bench:  ## Measure pages and acts, as ratios to a bare page, and the coordination's panel with 1,000 ballots
	@scripts/install.sh dev
	@.venv/bin/python -m benchmarks

bench-diff:  ## Measure differences, redline and passages on the real revisions in CORPUS, beside other engines
	@scripts/install.sh dev
	@.venv/bin/python -m benchmarks.prose $(CORPUS)

bench-editor:  ## Open, edit and save the documents in CORPUS and materials/ in the editor, and count what changes
	@scripts/install.sh dev
	@.venv/bin/python -m benchmarks.editor $(CORPUS)

bench-record:  ## Measure what acts cost with their record, whether that grows, and how long verify takes
	@scripts/install.sh dev
	@.venv/bin/python -m benchmarks.record

bench-word:  ## Measure Word both ways on materials and CORPUS, with LibreOffice and pandoc where they are installed (SAMPLE)
	@scripts/install.sh dev
	@.venv/bin/python -m benchmarks.word $(CORPUS)

bench-faults:  ## Kill server and mail worker on each database and count what was lost (KILLS, MAIL_KILLS, FAULTS_SEED)
	@scripts/install.sh dev
	@.venv/bin/python -m benchmarks.faults
	@.venv/bin/python -m benchmarks.mail_faults

bench-mail:  ## Gather and render 10,000 notices for 200 people, and open pages meanwhile
	@scripts/install.sh dev
	@.venv/bin/python -m benchmarks.mails
