# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# gateway-files.sh: files are built in $STAGE, saved in $G, published and taken back; for
# gateway-setup, read with `.'.
#
#	$G/original/PATH	what was there before us
#	$G/absent/PATH		an empty file: nothing was
#	$G/published/PATH	what we put there
#	$G/next.N/PATH		what a run is putting there, or was when it was killed
#
# The live file is in every moment one of these, whole, or somebody else's.  Which, its
# bytes say: so a run that is killed needs no clean-up, only another run.

TEMPORARY=.multiscan~		# neither cron, logrotate nor rsyslog reads such a file

# durable PATH...: on disk, and the folders of it, too
durable() { find "$@" -exec sync {} + || fail "$1: not written to the disk"; }

# --- staging -----------------------------------------------------------------------------

# stage FUNCTION PATH MODE [OWNER]: what the function prints, as that file
stage() {
	mkdir -p "$STAGE${2%/*}" && "$1" >"$STAGE$2" && chmod "$3" "$STAGE$2" &&
		chown "${4:-root:root}" "$STAGE$2" || fail "$2: could not be made"
	echo "$2" >>"$W/staged"
}

# seed PATH NAME: that file of ours, where there is none; it is the site's then
seed() {
	if [ ! -e "$R$1" ] || [ -e "$G/absent$1" ]; then
		_from=$LIB/$2
		stage seed_text "$1" 644
		echo "$1" >>"$W/seeds"
	fi
}
seed_text() { cat "$_from"; }
is_seed() { grep -qxF "$1" "$W/seeds"; }

# folder PATH MODE OWNER: where it is missing
folder() { [ -d "$R$1" ] || echo "$1 $2 $3" >>"$W/folders"; }
# our_folder PATH MODE OWNER: where it is not just so
our_folder() {
	[ -d "$R$1" ] && [ "$(stat -c '%a %U:%G' "$R$1")" = "$2 $3" ] || echo "$1 $2 $3" >>"$W/folders"
}

# --- comparing -----------------------------------------------------------------------------

modes() { stat -c %a:%u:%g "$1"; }
alike() { cmp -s "$1" "$2" && [ "$(modes "$1")" = "$(modes "$2")" ]; }

# is_ours PATH: nobody has changed it since we saved it: it is the original, or one of ours
is_ours() {
	[ -e "$G/original$1" ] || [ -e "$G/absent$1" ] || return
	cmp -s "$R$1" "$G/original$1" || is_published "$1"
}
is_published() {
	for _set in $(sets); do
		[ ! -e "$G/$_set$1" ] || ! cmp -s "$R$1" "$G/$_set$1" || return 0
	done
	return 1
}

# sets: what was published, or may be in part: their names in $G
sets() {
	find "$G" -maxdepth 1 \( -name published -o -name 'next.[0-9]*' \) -printf '%f\n' 2>/dev/null
}

# paths SET...: of these in $G, the files, sorted
paths() {
	for _set; do
		[ ! -d "$G/$_set" ] || (cd "$G/$_set" && find . -type f)
	done | sed 's/^\.//' | grep -vx -e /answers -e /kept | sort -u
}

# compare: in changed, what of what was staged is to be published; in gone, what was
# published and is wanted no more
compare() {
	empty changed gone
	while read -r path; do
		if [ -L "$R$path" ] || { [ -e "$R$path" ] && [ ! -f "$R$path" ]; }; then
			wrong "$path: that is no file but a link or a folder: put a file there"
		elif is_seed "$path" && [ -e "$R$path" ]; then
			:
		elif ! alike "$STAGE$path" "$R$path"; then
			echo "$path" >>"$W/changed"
			case $path in
			/etc/postfix/main.cf | /etc/postfix/master.cf) continue ;;
			esac
			[ ! -e "$R$path" ] || is_ours "$path" || ! is_saved "$path" ||
				wrong "$path: somebody has changed it since: put it aside (mv), give what was" \
					'changed in gateway.conf, if it can say that, and run this again'
		fi
	done <"$W/staged"
	# shellcheck disable=SC2046
	paths $(sets) | while read -r path; do
		grep -qxF "$path" "$W/staged" || echo "$path"
	done >"$W/gone"
}
is_saved() { [ -e "$G/original$1" ] || [ -e "$G/absent$1" ]; }

# show OLD NEW NAME: the difference, without the password
show() {
	diff -u --label "$3" --label "$3 (new)" "$1" "$2" |
		sed 's/^\([ +-]bind_pw = \).*/\1.../'
}
show_changes() {
	while read -r path; do
		if is_seed "$path"; then
			echo "$path: would be put there as it is shipped: it is yours then"
			continue
		fi
		_old=$R$path
		[ -e "$_old" ] || _old=/dev/null
		show "$_old" "$STAGE$path" "$path"
		cmp -s "$_old" "$STAGE$path" && echo "$path: $(modes "$_old") becomes $(modes "$STAGE$path")"
	done <"$W/changed"
	while read -r path; do
		show_back "$path"
	done <"$W/gone"
	while read -r path mode owner; do
		echo "mkdir $path, $mode $owner"
	done <"$W/folders"
}
# show_back PATH: what taking it back would change
show_back() {
	before "$1"
	_old=$R$1
	if [ ! -e "$_old" ] || ! may_go "$1"; then
		return
	elif [ -n "$BEFORE" ]; then
		show "$_old" "$BEFORE" "$1"
	else
		echo "$1: would be removed"
	fi
}

# --- saving and publishing ------------------------------------------------------------

# save_one PATH: what is there now, or that nothing is.  Of main.cf and master.cf what
# somebody has added since belongs to what is given back later.
save_one() {
	_from=$R$1
	case $1 in
	/etc/postfix/main.cf | /etc/postfix/master.cf)
		! is_ours "$1" || return 0
		_from=$W/base/${1##*/}
		;;
	*) ! is_saved "$1" || return 0 ;;
	esac
	if [ -e "$_from" ]; then
		mkdir -p "$G/original${1%/*}" && cp -p "$_from" "$G/saving" &&
			sync "$G/saving" && mv -f "$G/saving" "$G/original$1"
	else
		mkdir -p "$G/absent${1%/*}" && : >"$G/absent$1"
	fi || fail "$1: could not be saved in $G"
}

# save: all of what will change, on disk, before anything does
save() {
	mkdir -p "$G" && chmod 700 "$G" || fail "$G: cannot be made"
	while read -r path; do save_one "$path"; done <"$W/staged"
	NUMBER=1
	while [ -e "$G/next.$NUMBER" ]; do NUMBER=$((NUMBER + 1)); done
	rm -rf "$G/new" && cp -a "$STAGE" "$G/new" || fail "$G: cannot be written"
	while read -r path; do
		# What is the site's now: as we gave it.
		[ ! -e "$G/published$path" ] || cp -p "$G/published$path" "$G/new$path" ||
			fail "$G: cannot be written"
	done <"$W/seeds"
	cp "$W/answers" "$W/kept" "$G/new" && cp "$W/answers" "$G/saving" && sync "$G/saving" &&
		mv -f "$G/saving" "$G/answers" || fail "$G: cannot be written"
	add_lines todo "$W/todo"
	durable "$G"
	mv "$G/new" "$G/next.$NUMBER" && sync "$G" || fail "$G: cannot be written"
}

# add_lines NAME FILE: those that $G/NAME has not yet; on disk
add_lines() {
	{
		[ ! -e "$G/$1" ] || cat "$G/$1"
		cat "$2"
	} | awk '!seen[$0]++' >"$G/$1.new" && sync "$G/$1.new" && mv -f "$G/$1.new" "$G/$1" &&
		sync "$G" || fail "$G/$1: cannot be written"
}

# put FILE PATH: in its place in one step, with all that it has
put() {
	rm -f "$R$2$TEMPORARY" && cp -p "$1" "$R$2$TEMPORARY" && sync "$R$2$TEMPORARY" &&
		mv -f "$R$2$TEMPORARY" "$R$2" && sync "$R${2%/*}" || fail "$2: cannot be replaced"
	say "$2"
}

make_folders() {
	[ -s "$W/folders" ] || return 0
	cut -d ' ' -f 1 "$W/folders" >"$W/said"
	add_lines folders "$W/said"
	while read -r path mode owner; do
		mkdir -p "$R$path" && chown "$owner" "$R$path" && chmod "$mode" "$R$path" ||
			fail "$path: cannot be made"
		say "$path/"
	done <"$W/folders"
}

# publish: what was staged; then what is wanted no more goes
publish() {
	make_folders
	while read -r path; do
		put "$G/next.$NUMBER$path" "$path"
	done <"$W/changed"
	while read -r path; do
		give_back "$path"
	done <"$W/gone"
	rm -rf "$G/published" && mv "$G/next.$NUMBER" "$G/published" &&
		find "$G" -maxdepth 1 -name 'next.*' -exec rm -rf {} + && durable "$G" ||
		fail "$G: cannot be written"
}

# --- taking back -----------------------------------------------------------------------------

# before PATH: BEFORE is a file with what was there before us; empty: nothing was
before() {
	BEFORE=
	case $1 in
	/etc/postfix/main.cf | /etc/postfix/master.cf) BEFORE=$W/base/${1##*/} ;;
	*) [ ! -e "$G/original$1" ] || BEFORE=$G/original$1 ;;
	esac
}
# may_go PATH: is what is there ours to replace?
may_go() {
	case $1 in
	/etc/postfix/main.cf | /etc/postfix/master.cf) ;;
	*) is_ours "$1" ;;
	esac
}

# give_back PATH: as it was before us
give_back() {
	before "$1"
	rm -f "$R$1$TEMPORARY"
	if [ ! -e "$R$1" ] && [ -z "$BEFORE" ]; then
		:
	elif [ ! -e "$R$1" ]; then
		note "$1: somebody has removed it since: what it was is not put back"
	elif ! may_go "$1"; then
		note "$1: was changed since: it stays as it is"
	elif [ -z "$BEFORE" ]; then
		rm -f "$R$1" && sync "$R${1%/*}" || fail "$1: cannot be removed"
		say "$1 removed"
	elif ! alike "$BEFORE" "$R$1" || [ "$(stat -c %y "$BEFORE")" != "$(stat -c %y "$R$1")" ]; then
		put "$BEFORE" "$1"
	fi
}

# given: all files that were touched, in the order in which they are given back: those
# that ask for others first
given() {
	printf '%s\n' /etc/postfix/main.cf /etc/postfix/master.cf
	# shellcheck disable=SC2046
	paths original absent $(sets) |
		grep -vxF -e /etc/postfix/main.cf -e /etc/postfix/master.cf
}

remove_folders() {
	[ -e "$G/folders" ] || return 0
	sort -r "$G/folders" >"$W/said"
	while read -r path; do
		[ ! -S "$R$path/milter.sock" ] || rm -f "$R$path/milter.sock"
		[ ! -d "$R$path" ] || rmdir "$R$path" 2>/dev/null ||
			note "$path: there is something in it: it stays"
	done <"$W/said"
}

# forget: in one step nothing is set up any more
forget() {
	rm -rf "$G.old" && mv "$G" "$G.old" && sync "${G%/*}" && rm -rf "$G.old" ||
		fail "$G: cannot be removed"
}
