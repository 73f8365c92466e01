# SPDX-License-Identifier: ISC
# A command is a folder cmd/NAME; a module common/NAME.[ch]; a page man/NAME.N;
# a script scripts/NAME; a systemd unit systemd/NAME; a test tests/NAME.t,
# tests/unit/NAME.c or tests/fuzz/NAME.c.  None of them needs a line here, save a
# command that links a library: NAME_LIBS, and NAME_CFLAGS for its headers.
CONFIG  = release
PREFIX  = /usr/local
# Where the commands are; BINDIR/../lib and BINDIR/../share have to be PREFIX's.
BINDIR  = $(PREFIX)/bin
UNITDIR = $(PREFIX)/lib/systemd/system
DESTDIR =
CC      = cc
B       = $(if $(filter release,$(CONFIG)),build,build-$(CONFIG))

VERSION = 0.1
STD     = -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -DVERSION='"$(VERSION)"'
WARN    = -Wall -Wextra -Wformat=2 -Wconversion -Wshadow -Wvla -Wundef \
	-Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
	-Wimplicit-fallthrough $(WERROR)
HARDEN  = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
	-fstack-clash-protection -fcf-protection=full -fPIE \
	$(if $(findstring clang,$(CC)),,-ftrivial-auto-var-init=zero) \
	-fno-delete-null-pointer-checks \
	-fno-strict-overflow -fno-strict-aliasing
OPT_release = -O2 $(HARDEN)
LD_release  = -Wl,-z,relro,-z,now,-z,noexecstack
OPT_asan    = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
LD_asan     = -fsanitize=address,undefined
OPT_cov     = -O0 -g --coverage
LD_cov      = --coverage
OPT_fuzz    = -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all
LD_fuzz     = -fsanitize=address,undefined
CFLAGS  = $(OPT_$(CONFIG))
LDFLAGS = $(LD_$(CONFIG)) -Wl,--as-needed
ALL_CFLAGS = $(STD) $(WARN) -I. $(CFLAGS)

# The link graph: what each command uses beyond common/ and libc.
# libetpan is linked statically: its pkg-config flags break PIE (facts: mime).
arcnames_LIBS   = -larchive -l:libseccomp.a
avscan_LIBS     = -l:libnettle.a
avscand_LIBS    = -lclamav -lseccomp
mimejoin_LIBS   = -l:libetpan.a
notice_LIBS     = -l:libetpan.a
relayprobe_LIBS = -l:libetpan.a -lsasl2 -l:liblockfile.a -l:libseccomp.a
multiscan-milter_LIBS = -l:libmilter.a
mimesplit_LIBS  = -l:libnettle.a -l:libutf8proc.a
sigupdate_LIBS  = -lcurl -lsodium -larchive -l:libseccomp.a
relaycheck_LIBS = -l:libidn2.a -l:libunistring.a -l:libutf8proc.a
suffixcheck_LIBS = -l:libutf8proc.a
virtally_LIBS   = -l:libsodium.a -l:libz.a -l:liblzma.a
# Run once or more a message, and need nothing that is loaded while they run:
# linked statically they start in half the time.  (reinject and avscan look up
# host names, for which the C library loads modules.)
STATIC  = allowed guard held mboxsplit mimesplit record relaycheck stow suffixcheck virlog virtally
LINK_release = $(if $(filter $(STATIC),$(1)),-static-pie,-pie)

COMMANDS = $(notdir $(patsubst %/,%,$(wildcard cmd/*/)))
COMMON   = $(patsubst %.c,$(B)/%.o,$(wildcard common/*.c))
PROGRAMS = $(COMMANDS:%=$(B)/bin/%)
SCRIPTS  = $(patsubst scripts/%,$(B)/bin/%,$(filter-out $(LIBFILES) scripts/bootstrap,$(wildcard scripts/*)))
LIBFILES = $(wildcard scripts/allow scripts/scriptfunctions scripts/conversions scripts/*.conf scripts/*.cron \
	scripts/*.logrotate scripts/*.awk scripts/*.sh)
LIB      = $(LIBFILES:scripts/%=$(B)/lib/multiscan/%)
SHARE    = $(patsubst %,$(B)/share/multiscan/%,$(wildcard signatures/* suffixes/* notices/*/*))
UNITS    = $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/*.c))
REPLAYS  = $(patsubst tests/fuzz/%.c,$(B)/replay/%,$(wildcard tests/fuzz/*.c))
TOOLS    = $(patsubst tests/tools/%.c,$(B)/tools/%,$(wildcard tests/tools/*.c))
FUZZERS  = $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/*.c))
PAGES    = $(wildcard man/*.[0-9])
UNITFILES = $(filter-out %.sysusers %.tmpfiles,$(wildcard systemd/*))

all: $(PROGRAMS) $(SCRIPTS) $(LIB) $(SHARE)

.SUFFIXES:
.SECONDEXPANSION:
.SECONDARY:
$(PROGRAMS): $(B)/bin/%: $$(addprefix $(B)/,$$(addsuffix .o,$$(basename $$(wildcard cmd/$$*/*.c)))) $(B)/libcommon.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(call LINK_$(CONFIG),$*) -o $@ $^ $($*_LIBS)

$(B)/libcommon.a: $(COMMON)
	rm -f $@ && $(AR) rcs $@ $^

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $($(notdir $(patsubst %/,%,$(dir $*)))_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/bin/%: scripts/%
	@mkdir -p $(@D)
	install -m 755 $< $@
$(B)/lib/multiscan/%: scripts/%
	@mkdir -p $(@D)
	install -m 644 $< $@
$(B)/share/multiscan/%: %
	@mkdir -p $(@D)
	install -m 644 $< $@

# A unit test or a replay is one file on top of common/ and, where it names it
# in a first line `// with: cmd/NAME/FILE.c`, of a command's own module.
with = $(patsubst %.c,$(B)/%.o,$(shell sed -n '1,3s,^// with: ,,p' $(1)))
$(B)/unit/%: tests/unit/%.c $$(call with,tests/unit/$$*.c) $(B)/libcommon.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -MMD -MP -o $@ $< $(call with,$<) $(B)/libcommon.a $(unit_LIBS)
$(B)/replay/%: tests/fuzz/%.c tests/fuzz/replay.h $$(call with,tests/fuzz/$$*.c) $(B)/libcommon.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -DREPLAY $(LDFLAGS) -MMD -MP -o $@ $< $(call with,$<) $(B)/libcommon.a $(unit_LIBS)
$(B)/tools/%: tests/tools/%.c $(B)/libcommon.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -MMD -MP -o $@ $< $(B)/libcommon.a
$(B)/fuzz/%: tests/fuzz/%.c tests/fuzz/replay.h $$(call with,tests/fuzz/$$*.c) $(B)/libcommon.a
	@mkdir -p $(@D)
	clang $(ALL_CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -MMD -MP -o $@ $< $(call with,$<) $(B)/libcommon.a $(unit_LIBS)
unit_LIBS = -l:libnettle.a -l:libetpan.a -l:libutf8proc.a -l:libidn2.a -l:libunistring.a -lseccomp -larchive -lcurl -lsodium \
	-l:libz.a -l:liblzma.a

tests: all $(UNITS) $(REPLAYS) $(TOOLS)

# Those that take longest go first, so that none of them is alone at the end.
# exitcode=86: a crash is never taken for "found".
TESTS = $(if $(filter-out tests tests/,$(T)),$(T),$(wildcard tests/*.t))
LONG  = $(patsubst %,tests/%.t,gatewaysetup heartbeat newcomer package sigfetch checking \
	sigcheck steps sigengine abuse rude avscand liar systemd sigarchive milter several avscan \
	same soakfront sigmail passing recipients virtally relayprobe clients sigcvd sigfaults refuse \
	sigupdate corpus unit man logged rejoin sigkill hostile reinject e2e report arcnames policy)
check: tests $(if $(filter release,$(CONFIG)),$(if $(shell command -v dh),deb))
	MULTISCAN_BUILD=$(CURDIR)/$(B) ASAN_OPTIONS=exitcode=86:detect_leaks=0 \
	UBSAN_OPTIONS=exitcode=86:print_stacktrace=1 TMPDIR=$$(sh tests/place) \
	prove $(or $(PROVE),-j2) $(foreach t,$(LONG),$(filter $(t),$(TESTS))) \
	$(filter-out $(LONG),$(TESTS))

# The long forms of the tests that have one: what lies, kills and floods.
soak: tests
	$(MAKE) check SOAK=1 PROVE=-v T="tests/unit.t tests/liar.t tests/abuse.t tests/kill.t \
	    tests/steps.t tests/soakfront.t tests/same.t tests/several.t tests/gatewaysetup.t \
	    tests/sigarchive.t tests/sigcvd.t tests/sigengine.t tests/sigfaults.t tests/sigfetch.t \
	    tests/sigkill.t tests/sigswap.t tests/tallykill.t"

lint:
	sh tests/lint

# Hunting: FUZZTIME seconds a parser.  Every crash joins tests/fuzz/corpus.
FUZZTIME = 60
fuzz:
	$(MAKE) CONFIG=fuzz CC=clang fuzzers
	sh tests/fuzz/run build-fuzz $(FUZZTIME)
fuzzers: $(FUZZERS)

# The pages of virtally in a headless Chromium; the pictures of them are in $(B)/pages.
browser: all
	PATH="$(CURDIR)/$(B)/bin:$$PATH" python3 tests/browser.py $(B)/pages

bench: all $(TOOLS)
	MULTISCAN_BUILD=$(CURDIR)/$(B) sh tests/bench/run

# Our fronts beside other filters; PEERS=, SIZES=, MESSAGES=, ROUNDS=, SET=, see there.
bench-gateway: all $(TOOLS)
	MULTISCAN_BUILD=$(CURDIR)/$(B) TMPDIR=$$(sh tests/place) sh tests/bench/gateway

INSTALLED = $(LIB:$(B)/%=%) $(SHARE:$(B)/%=%) lib/sysusers.d/multiscan.conf lib/tmpfiles.d/multiscan.conf \
	$(foreach p,$(PAGES),share/man/man$(subst .,,$(suffix $p))/$(notdir $p))
# What names places names those of this installation.
PLACES = sed -i 's,/usr/local/bin/,$(BINDIR)/,g; s,/usr/local/bin:,$(BINDIR):,g; s,/usr/local/,$(PREFIX)/,g'
install: all
	for f in $(PROGRAMS) $(SCRIPTS); do \
		install -D -m 755 $$f "$(DESTDIR)$(BINDIR)/$${f##*/}" || exit 1; done
	for f in $(LIB:$(B)/%=%) $(SHARE:$(B)/%=%); do \
		install -D -m 644 $(B)/$$f "$(DESTDIR)$(PREFIX)/$$f" || exit 1; done
	cd "$(DESTDIR)$(PREFIX)/lib/multiscan" && $(PLACES) *.cron sigupdate.conf
	for f in $(UNITFILES); do \
		install -D -m 644 $$f "$(DESTDIR)$(UNITDIR)/$${f##*/}" && \
		$(PLACES) "$(DESTDIR)$(UNITDIR)/$${f##*/}" || exit 1; done
	for d in sysusers tmpfiles; do \
		install -D -m 644 systemd/multiscan.$$d "$(DESTDIR)$(PREFIX)/lib/$$d.d/multiscan.conf" || \
		exit 1; done
	for p in $(PAGES); do p=man$${p##*.}/$${p##*/}; \
		install -D -m 644 man/$${p##*/} "$(DESTDIR)$(PREFIX)/share/man/$$p" && \
		$(PLACES) "$(DESTDIR)$(PREFIX)/share/man/$$p" || exit 1; done
# A Postfix that gateway-setup has changed can only put mail off without our programs.
uninstall:
	@[ ! -d "$(DESTDIR)/var/lib/multiscan/gateway" ] || { \
		echo "multiscan: it stays, mail would stop: first run \`gateway-setup undo'" >&2; exit 1; }
	cd "$(DESTDIR)$(PREFIX)" && rm -f $(INSTALLED)
	for f in $(PROGRAMS) $(SCRIPTS); do rm -f "$(DESTDIR)$(BINDIR)/$${f##*/}"; done
	for f in $(UNITFILES); do rm -f "$(DESTDIR)$(UNITDIR)/$${f##*/}"; done
	for d in lib/systemd/system lib/systemd lib/sysusers.d lib/tmpfiles.d lib/multiscan \
		share/multiscan/signatures \
		share/multiscan/suffixes $(patsubst %,share/multiscan/%,$(wildcard notices/*)) \
		share/multiscan/notices share/multiscan; do \
		rmdir "$(DESTDIR)$(PREFIX)/$$d" 2>/dev/null || :; done

# The Debian package, of what is built; as any user.  In a tree of links, since the
# results come into the folder above.
DEB = $(B)/deb/multiscan.changes
$(DEB): $(PROGRAMS) $(SCRIPTS) $(LIB) $(SHARE) $(PAGES) $(wildcard systemd/* debian/* samples/*) \
		Makefile README.md CHANGES
	rm -rf $(@D) && mkdir -p $(@D)/tree
	cp -R debian $(@D)/tree
	for f in *; do case $$f in debian | build*) ;; \
		*) ln -s "$(CURDIR)/$$f" $(@D)/tree || exit 1 ;; esac; done
	cd $(@D)/tree && env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS BUILT=$(abspath $(B)) \
		dpkg-buildpackage -b -us -uc -nc --changes-file=../$(@F) >../log 2>&1 || \
		{ cat ../log; exit 1; }
	rm -rf $(@D)/tree
deb: $(DEB)

# The newcomer's hour of the README, on a Debian that is fresh from the network.
newcomer: tests deb
	MULTISCAN_BUILD=$(abspath $(B)) TMPDIR=$$(sh tests/place) sh tests/fresh $(B)/deb/*.deb

clean:
	rm -rf build build-asan build-cov build-fuzz

.PHONY: all tests check soak lint fuzz fuzzers browser bench bench-gateway install uninstall deb newcomer clean
-include $(shell find $(B) -name '*.d' -type f -not -path '*/deb/*' 2>/dev/null)
