# SPDX-License-Identifier: GPL-2.0
# See make help. The objects of netstack.ko are listed in Kbuild.

# KDIR: the running kernel's build folder, else that of the newest headers
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) \
	$(shell ls -d /lib/modules/*/build 2>/dev/null | sort -Vr))
PREFIX ?= /usr/local
VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
T := tools/testing
# what is built beside nsctl, where it is there
PROGRAMS := $(patsubst %/Makefile,%,$(wildcard tools/examples/Makefile \
	$(T)/selftests/Makefile $(T)/bench/Makefile))

export PREFIX DESTDIR

all: module nsctl

module: kdir
	@$(MAKE) --no-print-directory -C $(KDIR) M=$(CURDIR) modules

kdir:
	@[ -e "$(KDIR)/Makefile" ] || { echo "make: no kernel headers to build" \
		"against: apt-get install linux-headers-amd64, or give KDIR=" >&2; \
		exit 1; }

nsctl:
	@$(MAKE) --no-print-directory -C tools/nsctl

tools: nsctl
	@set -e; for dir in $(PROGRAMS); do \
		$(MAKE) --no-print-directory -C $$dir; done

install: all
	$(MAKE) -C $(KDIR) M=$(CURDIR) \
		INSTALL_MOD_PATH=$(DESTDIR) modules_install
	$(MAKE) -C tools/nsctl install
	[ -n "$(DESTDIR)" ] || depmod -a

dkms-install:
	@command -v dkms >/dev/null || { \
		echo "make: no dkms: apt-get install dkms" >&2; exit 1; }
	mkdir -p /usr/src/netstack-$(VERSION)
	cp -r Kbuild dkms.conf netstack uapi /usr/src/netstack-$(VERSION)/
	dkms install -m netstack -v $(VERSION)

clean:
	@[ ! -e "$(KDIR)/Makefile" ] || \
		$(MAKE) --no-print-directory -C $(KDIR) M=$(CURDIR) clean
	@set -e; for dir in tools/nsctl $(PROGRAMS); do \
		$(MAKE) --no-print-directory -C $$dir clean; done
	rm -rf build

check: ; @$(T)/check
kunit: ; @$(T)/kunit-run
selftests: ; @$(T)/selftests-run
lint: ; @$(T)/lint
demo: ; @$(T)/install-deps build kernel guest && $(MAKE) -s tools && $(T)/demo
vm: tools ; @$(T)/vm/run --interactive $(VM)
bench: tools ; @$(T)/bench/run

help:
	@echo 'make               netstack.ko and tools/nsctl/nsctl (KDIR=: for which kernel)'
	@echo 'make install       both, into the system (PREFIX=, DESTDIR=)'
	@echo 'make dkms-install  the module, rebuilt with each new kernel'
	@echo 'make tools         nsctl, the examples, the programs of the tests'
	@echo 'make demo          a tour in a guest: installs what it needs'
	@echo 'make check         all tests: installs what they need'
	@echo 'make kunit         of these, the unit tests'
	@echo 'make selftests     of these, the system tests'
	@echo 'make bench         the cost table'
	@echo 'make vm            a shell in a guest, module loaded (VM=: options of $(T)/vm/run)'
	@echo 'make lint          sparse, checkpatch, W=1, kernel-doc, shellcheck, codespell'
	@echo 'make clean         remove what was built'

.PHONY: all module kdir nsctl tools install dkms-install clean check kunit \
	selftests lint demo vm bench help
