#!/bin/sh
# SPDX-License-Identifier: ISC
# The allow list: what lets a finding pass, what never does, and what is wrong.
. "${0%/*}/lib.sh"

# envelope OPTION...: the message of w has this envelope
envelope() {
	rm -rf w
	printf 'Subject: x\n\nhello\n' | mimesplit "$@" w >/dev/null
}

cat >findings <<'END'
n=1 part=1 verdict=infected sig=Eicar-Test-Signature
n=2 part=2 verdict=banned why=suffix suffix=.js name=filename:a.js
n=3 part=3 verdict=banned why=suffix suffix=.exe name=filename:a.exe
n=4 part=4 verdict=odd why=macro
n=5 part=5 verdict=unscanned why=encrypted
n=6 part=6 verdict=unscanned why=limit-depth
n=7 part=0 verdict=banned why=size
n=8 part=8 verdict=banned why=conversions
n=9 part=9 ignored=yes sig=x
END

# allows WANT LINE...: the numbers that this list allows, each as N:LINE
allows() {
	want=$1
	shift
	printf '%s\n' "$@" >list
	allowed -L list w <findings >out 2>err
	status=$?
	got=$(sed -n 's/^n=\([0-9]*\) allow=\([0-9]*\)$/\1:\2/p' out | tr '\n' ' ')
	is "$status $got$(grep -c . out)" "$([ -n "$want" ]; echo $((1 - $?))) ${want:+$want }$(($(echo "$want" |
	    wc -w) + 1))" "$*" || sed 's/^/# /' err
}

envelope -a 192.0.2.1 -H mx.partner.example -u joe -f Me@Partner.example \
    -r lab@company.com -r LAB2@company.com
id=$(sed 's/^id=\([^ ]*\) .*/\1/' w/envelope)

# --- kinds -----------------------------------------------------------------------
allows '2:1 3:1' 'banned client=192.0.2.1'
allows '4:1' 'odd client=192.0.2.1'
allows '5:1' 'encrypted client=192.0.2.1'
allows '6:1' 'unscanned client=192.0.2.1'
allows '7:1' 'size client=192.0.2.1'
allows '2:1 3:1 4:1 5:1 6:1 7:1' 'banned,odd,encrypted,size,unscanned client=192.0.2.1'
is "$(tail -n 1 out)" "check=allowed id=$id lines=9" 'what was read is said'
allows '4:3' '# a comment' '' 'ODD from=* # another' 'odd from=*'
allows '' '#odd from=*'
printf '' >list
exits 0 'an empty list' allowed -L list w <findings
exits 0 'no findings' allowed -L list w </dev/null
is "$(cat out)" "check=allowed id=$id lines=0" 'are said as well'

# --- conditions ------------------------------------------------------------------
allows '4:1' 'odd from=me@partner.example'
allows '4:1' 'odd from=*@PARTNER.example client=192.0.2.0/24 host=*.partner.example user=joe to=lab*@company.com'
allows '' 'odd from=*@partner.example client=192.0.3.0/24'
allows '' 'odd from=me@partner'
allows '' 'odd from='
allows '' 'odd host=partner.example'
allows '' 'odd user=jo'
allows '' 'odd to=lab@company.com'
allows '4:1' 'odd to=*@company.com'
allows '4:1' 'odd from=m%@partner.example'
allows '' 'odd from=m$%@partner.example'
allows '4:2' 'odd client=2001:db8::/32' 'odd client=::ffff:192.0.2.0/120'
allows '2:1' 'banned client=192.0.2.1 suffix=.JS'
allows '2:2 3:1' 'banned client=192.0.2.1 suffix=exe' 'banned client=192.0.2.1 suffix=*.js'
allows '2:2 3:1' 'banned client=192.0.2.1 suffix=exe' 'banned client=192.0.2.1' 'banned from=* suffix=js'
allows '2:1 3:1' 'banned client=192.0.2.1' 'banned from=* suffix=js'
allows '' 'banned client=192.0.2.1 suffix=.j'

envelope -a ::ffff:192.0.2.9 -H unknown -u '' -f '' -r lab@company.com
allows '4:1' 'odd client=192.0.2.0/24'
allows '4:1' 'odd from='
allows '4:1' 'odd to=lab@company.com'
allows '' 'odd host=*'
allows '' 'odd user=*'
envelope -a unknown -H '[192.0.2.9]' -f 'a b@c'
allows '' 'odd client=0.0.0.0/0' 'odd client=::/0'
allows '' 'odd host=*' 'odd to=*'
allows '4:1' 'odd from=a%b@c'
envelope -f "$(printf '%01100d@x' 0)"
allows '' 'odd from=*'
envelope
allows '' 'odd client=0.0.0.0/0' 'odd client=::/0' 'odd host=*' 'odd user=*' 'odd to=*'

# --- lists that are wrong ---------------------------------------------------------
while IFS='|' read -r line what; do
	printf 'odd from=*\n%s\n' "$line" >list
	allowed -L list w <findings >out 2>err
	is "$? $(cat out)" '64 ' "refused: $line"
	like "$(cat err)" "allowed: list: line 2: $what*" 'and said why'
	allowed -L list -k >out 2>err
	is "$?" 64 'by -k too'
done <<'END'
infected from=*|infected cannot be allowed
banned,INFECTED client=192.0.2.1|INFECTED cannot be allowed
banned, from=*|is none of
virus from=*|virus is none of
from=*|from=\* is none of
banned|the line has no condition
banned,banned from=*|banned is there twice
odd from=a from=b|from=b is there twice
odd to=|to= has no value
odd sender=*|sender=\* is none of
odd joe|joe is no condition
odd client=192.0.2.1/24|client=192.0.2.1/24 has bits set
odd client=mx.example|client=mx.example is no network
odd from=a$|from=a$ has a value that ends in a bare $
banned from=* suffix=.|suffix=. is no suffix
odd from=* suffix=.js|the line has a suffix=
END
printf 'odd from=\033[2J\n' >list
exits 64 'a control character' allowed -L list -k
like "$(cat err)" '*line 1: the line holds a control character' 'is not shown'
printf 'odd from=*\0\n' >list
exits 64 'a NUL' allowed -L list -k
printf 'odd from=%04000d\n' 0 >list
exits 64 'a line that is too long' allowed -L list -k
awk 'BEGIN { for (i = 0; i < 60000; i++) print "odd client=192.0.2.1" }' >list
exits 64 'a list that is too large' allowed -L list -k
exits 75 'no list' allowed -L none w
exits 75 'a folder' allowed -L . w
exits 75 'no list to look at' allowed -L none -k

# --- what looks wrong ---------------------------------------------------------------
printf '%s\n' 'odd from=a@b' 'odd from=a@b client=192.0.2.1' 'odd to=a@b' 'banned suffix=.js' >list
exits 0 'a list that looks wrong' allowed -L list -k
is "$(cut -d: -f3- err | cut -c1-40)" ' line 1: warning: whoever writes that fr
 line 4: warning: the line is for everyb' 'is good, and a word is said'
allowed -L list w <findings >out 2>err
is "$(cat err)" '' 'which is not said of each message'

# --- what else may be wrong -----------------------------------------------------------
echo 'odd from=*' >list
for bad in 'part=1 verdict=odd' 'n=1  verdict=odd' 'n=01 verdict=odd' 'x' ''; do
	echo "$bad" | allowed -L list w >out 2>err
	is "$?" 75 "no finding: $bad"
done
printf 'n=1 verdict=odd' | allowed -L list w >out 2>err
is "$?" 75 'a finding that is cut'
printf 'n=1 verdict=odd verdict=infected\nn=2 verdict=infected why=odd\nn=3 verdict=new\n' >two
exits 0 'what is infected besides' allowed -L list w <two
rm w/manifest
exits 75 'a work directory that is not finished' allowed -L list w <findings

# --- much --------------------------------------------------------------------------
envelope -f "$(printf '%0900d@x' 0)" -r a@b
{
	awk -v p="*$(printf '%0100d' 0)" 'BEGIN { for (i = 0; i < 8000; i++) print "odd from=" p "b" }'
	echo 'size from=*'
} >list
exits 0 'patterns that take too long' allowed -L list w <findings
like "$(cat err)" '*takes too long*' 'are said, and allow nothing'
finish
