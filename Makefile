# SPDX-License-Identifier: GPL-2.0
# See make help. The objects of netstack.ko are listed in Kbuild.

# KDIR: the running kernel's build folder, else that of the newest headers
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) \
	$(shell ls -d /lib/modules/*/build 2>/dev/null | sort -Vr))
PREFIX ?= /usr/local
VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
# dkms(8): options for it, and where its --sourcetree is
DKMSFLAGS ?=
DKMSSOURCES ?= /usr/src
T := tools/testing
# what is built beside nsctl, where it is there
PROGRAMS := $(patsubst %/Makefile,%,$(wildcard tools/examples/Makefile \
	$(T)/selftests/Makefile $(T)/bench/Makefile))

# the release that KDIR is of
KRELEASE = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h)
# Distributions keep the key of their kernel: without one, nothing is signed.
SIGNKEY = $(shell sed -n 's/^CONFIG_MODULE_SIG_KEY="\(.*\)"/\1/p' \
	$(KDIR)/include/config/auto.conf)
UNSIGNED = $(if $(filter pkcs11:%,$(SIGNKEY))$(wildcard $(SIGNKEY) \
	$(addprefix $(KDIR)/,$(SIGNKEY))),,CONFIG_MODULE_SIG_ALL=)
DKMSNAME := -m netstack -v $(VERSION)

export PREFIX DESTDIR

all: module nsctl

module: kdir
	@$(MAKE) --no-print-directory -C $(KDIR) M=$(CURDIR) modules

# $(error) says it in one line
kdir:
	$(if $(wildcard $(KDIR)/Makefile),,$(error no kernel headers to build \
		against: apt-get install linux-headers-amd64, or give KDIR=))

nsctl:
	@$(MAKE) --no-print-directory -C tools/nsctl

tools: nsctl
	@set -e; for dir in $(PROGRAMS); do \
		$(MAKE) --no-print-directory -C $$dir; done

install: all
	$(MAKE) -C $(KDIR) M=$(CURDIR) \
		INSTALL_MOD_PATH=$(DESTDIR) $(UNSIGNED) modules_install
	$(MAKE) -C tools/nsctl install
	install -d $(DESTDIR)$(PREFIX)/include/linux
	install -m 644 uapi/linux/netstack.h uapi/linux/netstack_diag.h \
		$(DESTDIR)$(PREFIX)/include/linux
	[ -n "$(DESTDIR)" ] || depmod -a $(KRELEASE)

# Also in place of what an earlier dkms-install of this version has left.
dkms-install: kdir
	$(if $(shell command -v dkms),,$(error no dkms: apt-get install dkms))
	[ -z "$$(dkms status $(DKMSFLAGS) $(DKMSNAME))" ] || \
		dkms remove $(DKMSFLAGS) $(DKMSNAME) --all
	rm -rf $(DKMSSOURCES)/netstack-$(VERSION)
	find Kbuild dkms.conf netstack uapi -name '*.mod.c' -o \
		\( -name '*.[ch]' -o -name Kbuild -o -name dkms.conf \) \
		-exec install -D -m 644 {} \
		$(DKMSSOURCES)/netstack-$(VERSION)/{} \;
	dkms install $(DKMSFLAGS) $(DKMSNAME) -k $(KRELEASE)

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
fuzz: ; @$(T)/fuzz "$(N)" "$(SEED)" "$(PACKET)"
sequences: ; @$(T)/sequences "$(N)" "$(SEED)" "$(FILE)"
soak: tools ; @$(T)/soak $(N) $(SEED)
vm: tools ; @$(T)/vm/run --interactive $(VM)
bench: tools ; @$(T)/bench/run
plots: tools ; @$(T)/plots/draw $(SEED)

help:
	@echo 'make               netstack.ko and tools/nsctl/nsctl (KDIR=: for which kernel)'
	@echo 'make install       both, into the system (PREFIX=, DESTDIR=)'
	@echo 'make dkms-install  the module, rebuilt with each new kernel'
	@echo 'make tools         nsctl, the examples, the programs of the tests'
	@echo 'make demo          a tour in a guest: installs what it needs'
	@echo 'make check         all tests: installs what they need'
	@echo 'make kunit         of these, the unit tests'
	@echo 'make selftests     of these, the system tests'
	@echo 'make soak          simulated transfers (N=: how many, SEED=: from which on)'
	@echo 'make fuzz          wrong packets (N=: rounds, SEED=: from which on, PACKET=)'
	@echo 'make sequences     random socket calls, beside AF_INET (N=: how many, SEED=: from which on, FILE=)'
	@echo 'make bench         the cost table'
	@echo 'make plots         the pictures of Documentation/plots (SEED=)'
	@echo 'make vm            a shell in a guest, module loaded (VM=: options of $(T)/vm/run)'
	@echo 'make lint          sparse, checkpatch, W=1, kernel-doc, shellcheck, codespell'
	@echo 'make clean         remove what was built'

.PHONY: all module kdir nsctl tools install dkms-install clean check kunit \
	selftests lint demo fuzz sequences soak vm bench plots help
