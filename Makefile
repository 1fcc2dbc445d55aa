# `make` lists what there is. All of it runs on the Node that `make install` brings into node_modules.

machine_path := $(PATH)
export PATH := $(CURDIR)/node_modules/.bin:$(machine_path)
# What Node makes of the sources: hundreds of processes start in the tests, and it is half of the work of a start.
export NODE_COMPILE_CACHE := $(CURDIR)/node_modules/.cache/compile
MAKEFLAGS += --no-print-directory --no-builtin-rules

# npm writes it last, so it is newer than the lockfile exactly when everything is there.
installed := node_modules/.package-lock.json
install_libatomic := { apt-get -qq update && apt-get -qq install --yes --no-install-recommends libatomic1 > /dev/null; }
node_is_missing := "Node 26 is missing: npm brings it for linux-x64, where it needs the package libatomic1; \
  elsewhere install it yourself and put it on the PATH."

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install demo test e2e e2e-kind faults soak check clean bench

help: ## Show this list.
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

install: $(installed) ## Bring the dependencies, and a Node 26 for linux-x64.

demo: $(installed) ## Watch two rows become Jobs on this machine, then add your own.
	@node test/demo/demo.ts

test: $(installed) ## Run all tests, on real servers; the first time builds a control plane and Helm (9 minutes).
	@echo 'The test control plane:' && node test/support/cluster-binary.ts
	@echo 'Helm:' && node test/support/helm-binary.ts
	@echo 'A node:' && node test/node/prepare.ts
	@echo 'Unit tests:' && npm run --silent test:unit
	@echo 'Contract, integration and fault tests, on real servers:' && npm run --silent test:integration
	@echo 'The benchmark, as small as it gets, by itself: it takes all of the machine:' && npm run --silent test:bench

e2e: $(installed) ## Install nightwatch on a real node and run containers by it; as root on Debian, or with NIGHTWATCH_E2E_KUBECONFIG=….
	@node test/e2e/run.ts $(FILES)

e2e-kind: $(installed) ## The same on a cluster of kind's, which is made for it and deleted.
	@node test/e2e/run-on-kind.ts

faults: $(installed) ## Play every event of the failure matrix; FAULT=17, ROUNDS=5, SEED=… choose.
	@node test/support/cluster-binary.ts
	@node test/faults/play-faults.ts

soak: $(installed) ## Make random faults for 15 minutes (MINUTES=…, FAULTS=50, SEED=…), and judge the whole history.
	@node test/support/cluster-binary.ts
	@$(if $(SEED),NIGHTWATCH_TEST_SEED=$(SEED)) node --test test/faults/soak/soak.ts

check: $(installed) ## Check format, lint, types, unused code and unit tests, in seconds.
	@npm run --silent check

clean: ## Remove what `make install` brought; what tests keep between runs is in ~/.cache/nightwatch.
	rm -rf node_modules

# By the machine's own Node: npm removes the other one on its way. That one needs a library which comes with compilers.
$(installed): package-lock.json
	@PATH="$(machine_path)" npm ci --loglevel=error --no-update-notifier
	@node --version > /dev/null 2>&1 || $(install_libatomic) || true
	@node --eval 'process.exit(Number.parseInt(process.versions.node) < 26 ? 1 : 0)' || { echo $(node_is_missing); exit 1; }
	@touch $@

bench: $(installed) ## Measure nightwatch against the floor, an hour; SCENARIO=trickle, DATABASE=mysql choose.
	@node test/support/cluster-binary.ts
	@node bench/bench.ts
