# Each target is a line or two that you could type; the README names them for people without make.
PYTHON ?= python3
BIN := .venv/bin
TESTS := $(BIN)/pytest -n 3 --dist loadscope --no-loadscope-reorder
SUDO := $(if $(filter-out 0,$(shell id -u)),sudo)

.PHONY: help lab test long elsewhere gpu collect grade demo bank data spread solutions release site screenshots errors bench proof \
	constraints clean bubblewrap chromium postgresql slurm podman proxy
.DEFAULT_GOAL := help

help:           ## say what there is
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:[^#]*## /	/' | expand -t 12

lab:            ## open JupyterLab on the student notebooks
	@$(PYTHON) start.py

test: .venv/test bubblewrap chromium  ## run the tests that answer soon, and the solutions against their outputs
	$(BIN)/ruff check
	$(BIN)/mypy
	$(TESTS) --nbval -m "not proof and not long" solutions tests

proof: .venv/test bubblewrap chromium postgresql slurm proxy  ## run the tests with sandboxes, kernels, browsers and whole classes: up to an hour
	$(TESTS) -m "proof and not long"

long: .venv/test bubblewrap chromium slurm podman  ## run the tests that take long: all answers, all kinds of harm, a real review file
	$(TESTS) -m long

elsewhere: .venv/test bubblewrap  ## run the solutions and the checks as on other machines, half an hour; OPTIONS=--quick
	$(BIN)/python -m tools.elsewhere $(OPTIONS)

gpu: .venv/test bubblewrap  ## run the solutions, the checks and the grader on a graphics card, into dist/gpu/report.md
	$(BIN)/python -m tools.gpu $(OPTIONS)

collect: .venv/test  ## put a download of Moodle's, Canvas's or GitHub Classroom's into submitted/: make collect SOURCE=FILE
	$(BIN)/python -m grading.collect "$(SOURCE)" $(OPTIONS)

grade: .venv/test bubblewrap  ## mark the submissions in submitted/; more options: make grade OPTIONS="--jobs 4"
	$(BIN)/python -m grading submitted $(OPTIONS)

demo: .venv/test bubblewrap  ## make a small class of good, wrong and hostile submissions in demo/, and mark it
	$(BIN)/python -m grading.demo

bank: .venv/test  ## print how the checks judge right answers, wrong ones, and mutants of the solutions
	$(BIN)/python -m tools.bank

data: .venv/test  ## make the shipped reviews anew, and prove that they are the shipped ones
	$(BIN)/python -m authoring data $(OPTIONS)

spread: .venv/test  ## measure which digits of the notebooks hold on other machines and from other seeds
	$(BIN)/python -m tools.spread --jobs 2

solutions: .venv/test  ## execute the solution notebooks and keep their outputs
	$(BIN)/python -m authoring solutions

release: .venv/test  ## make the student notebooks from the solutions, and in dist/ the zip for students and the package for a hub
	$(BIN)/python -m authoring release
	$(BIN)/python -m authoring bundle

site: .venv/test  ## make the reading copy: the student notebooks as web pages, in dist/site/
	$(BIN)/python -m authoring site

screenshots: .venv/test bubblewrap chromium proxy  ## take the pictures in docs/screenshots/ anew
	SCREENSHOTS=docs/screenshots $(BIN)/pytest tests/walks/test_student_walk.py tests/walks/test_instructor_walk.py \
		tests/walks/test_class_page.py tests/walks/test_hub_walk.py

errors: .venv/test  ## print each model's errors; on a file of yours: make errors REVIEWS=file.json.gz
	$(BIN)/python -m benchmarks errors $(if $(REVIEWS),--reviews $(REVIEWS))

bench: .venv/bench bubblewrap  ## measure beside other libraries, half an hour; shorter: make bench OPTIONS=--quick
	$(BIN)/python -m benchmarks all $(if $(REVIEWS),--reviews $(REVIEWS)) $(OPTIONS)

constraints: .venv/test  ## choose the newest versions of all packages, and ask whether all systems have them: half an hour
	$(BIN)/pip install --quiet uv
	$(BIN)/python tools/packages.py renew
	$(BIN)/python tools/packages.py wheels

clean:          ## remove what the set-up made; data, work and marks stay
	rm -rf .venv *.egg-info .pytest_cache .ruff_cache .mypy_cache

# One environment; each stamp says which packages are in it, and is renewed when what is asked for changes.
.venv/test .venv/bench: pyproject.toml constraints.txt
	@RECSYS_VENV= $(PYTHON) start.py --install $(@F)
	@touch $@

# Students' code runs inside it. It is Linux's alone: elsewhere its tests are skipped, and grading asks for --trust.
bubblewrap:
	@[ "$$(uname)" != Linux ] || command -v bwrap >/dev/null || if command -v apt-get >/dev/null; then \
		echo "Installing bubblewrap, which isolates students' code, with apt."; \
		{ $(SUDO) apt-get update -qq && $(SUDO) apt-get install -qq --yes bubblewrap libseccomp2; } || \
		{ echo "That failed. As root, type: apt-get update && apt-get install bubblewrap libseccomp2"; exit 1; }; \
	else \
		echo "bubblewrap is missing, which isolates students' code. Type: sudo dnf install bubblewrap (on Fedora),"; \
		echo "sudo pacman -S bubblewrap (on Arch), or sudo zypper install bubblewrap (on openSUSE)."; exit 1; \
	fi

# The proxy of the hub that a test runs. Without npm, or not as root, this test is skipped.
proxy:
	@[ -x $(BIN)/configurable-http-proxy ] || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || { \
		command -v npm >/dev/null || { apt-get update -qq && apt-get install -qq --yes --no-install-recommends npm; }; \
		npm install --global --silent --prefix .venv configurable-http-proxy@5.3.0; \
	}

# The browser that tests look through. Who may not install it has these tests skipped.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
		[ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || { \
			echo "Installing Chromium, which tests look through, with apt."; \
			apt-get update -qq && apt-get install -qq --yes chromium libatomic1; \
		}

# The database that tests start and stop. Debian would make one more of it, and start it with the machine: not here.
postgresql:
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || \
		[ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || { \
			echo "Installing PostgreSQL, which tests start, with apt."; \
			mkdir -p /etc/postgresql-common/createcluster.d && none=/etc/postgresql-common/createcluster.d/none.conf && \
			echo "create_main_cluster = false" >$$none && apt-get update -qq && \
			apt-get install -qq --yes --no-install-recommends postgresql; code=$$?; rm -f $$none; exit $$code; \
		}

# A Slurm of one machine, which tests start. Who may not install it has its tests skipped.
slurm:
	@command -v sbatch >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || { \
			echo "Installing Slurm, which tests grade a class on, with apt. It does not start."; \
			apt-get update -qq && \
			apt-get install -qq --yes --no-install-recommends munge slurmctld slurmd slurm-client; \
		}

# What makes containers, in which tests grade a class. Who may not install it has its tests skipped.
podman:
	@command -v podman >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || { \
			echo "Installing podman, in whose containers tests grade a class, with apt."; \
			apt-get update -qq && \
			apt-get install -qq --yes --no-install-recommends podman runc buildah debootstrap; \
		}
