#!/bin/sh
# SPDX-License-Identifier: ISC
# kill -9 of multiscan-pipe, guard or any process below it, at any time, over
# many mails, each tried again as Postfix would until the answer is 0 or 69: no
# mail is lost, nothing infected passes.  What comes twice is counted.
# SOAK=1: more of it; SEED=N: as in the run that said so.
# shellcheck disable=SC2013,SC2016,SC2154
. "${0%/*}/lib.sh"
. "$HERE/gateway.sh"

mails=${SOAK:+600}
mails=${mails:-40}
SEED=${SEED:-$(date +%s)}
exits 0 'an engine' start_engine
exits 0 'mails' make_mails
make_front f
mkdir m
n=1
while [ $n -le "$mails" ]; do
	case $((n % 4)) in
	0 | 1) kind=clean ;;
	2) kind=infected ;;
	3) kind=banned ;;
	esac
	{ echo "X-Number: $n"; cat "$kind"; } >"m/$n.$kind"
	sed 's/$/\r/' "m/$n.$kind" >"m/$n.$kind.crlf"
	n=$((n + 1))
done

# The killer: three mails at a time; a mail is shot at up to four times, the
# front itself one time in three.
cat >killer <<-'END'
	use strict;
	use POSIX ":sys_wait_h";
	use Time::HiRes qw(time sleep);
	my ($seed, $front, @mails) = @ARGV;
	srand $seed;
	my (%run, %tries, %took, $shots, $bounced, %hit);
	# Those of the session that a try began.
	sub session {
		my ($of) = @_;
		my @found;
		for my $file (glob "/proc/[0-9]*/stat") {
			open my $f, "<", $file or next;
			my $line = <$f> // next;
			my ($pid, $name, $state, $session) = $line =~ /^(\d+) \((.*)\) (\S) \d+ \d+ (\d+)/ or next;
			push @found, [$pid, $name] if $session == $of && $state ne "Z";
		}
		return @found;
	}
	sub start {
		my ($mail) = @_;
		my ($kind) = $mail =~ /\.(\w+)$/;
		my $pid = fork // die;
		if ($pid == 0) {
			POSIX::setsid();
			open STDIN, "<", $mail or die;
			open STDOUT, ">", "$mail.out" or die;
			open STDERR, ">&", \*STDOUT or die;
			exec rand() < .5 ? ("$front/bin/guard", "-t", 300) : (), "$front/bin/multiscan-pipe",
			    "-i", "4Q$mail", "-f", "anna\@example.org", "--", $ENV{RCPT};
			die;
		}
		my $spare = $tries{$mail}++ < 4;
		$run{$pid} = { mail => $mail, kind => $kind, began => time,
		    at => $spare ? time + rand() * 1.1 * ($took{$kind} // .2) : undef };
	}
	my @left = @mails;
	while (@left || %run) {
		start(shift @left) while @left && keys %run < 3;
		for my $pid (keys %run) {
			my $r = $run{$pid};
			if ($r->{at} && time >= $r->{at}) {
				my @all = session($pid);
				my $victim = rand() < .33 || !@all ? [$pid, "front"] : $all[rand @all];
				$hit{$victim->[1]}++ if kill "KILL", $victim->[0];
				$shots++;
				$r->{at} = undef;
			}
			next if waitpid($pid, WNOHANG) != $pid;
			my $status = $?;
			delete $run{$pid};
			if ($status == 0) { $took{$r->{kind}} = time - $r->{began} if !$took{$r->{kind}} || $tries{$r->{mail}} > 4 }
			elsif ($status == 69 << 8) { $bounced++ }
			elsif ($tries{$r->{mail}} > 20) { print "gave up: $r->{mail}\n" }
			# pipe(8) would bounce on any other status.
			elsif ($status & 127 || $status == 75 << 8) { push @left, $r->{mail} }
			else { print "exit ", $status >> 8, ": $r->{mail}\n" }
		}
		sleep .002;
	}
	# What outlived its front.
	for (1 .. 500) {
		last unless grep { open my $f, "<", $_; my $c = $f ? join "", <$f> : ""; $c =~ m,\Q$front\E/bin/, } glob "/proc/[0-9]*/cmdline";
		sleep .02;
	}
	my $more = 0;
	$more += $_ - 1 for values %tries;
	print "bounced: $bounced\n" if $bounced;
	print STDERR "# $shots shots (", join(", ", map { "$_ $hit{$_}" } sort keys %hit), "), $more tries more\n";
END
RCPT=$RCPT MULTISCAN_CONF=$T/f/conf perl killer "$SEED" "$T/f" m/*.clean m/*.infected m/*.banned >killed
is "$(cat killed)" '' "only 0, 75 and signals; seed $SEED"

# count NUMBER: of those that came
lost='' passed='' torn='' twice=0
for mail in m/*.clean m/*.infected m/*.banned; do
	kind=${mail##*.} number=${mail##*/} number=${number%%.*}
	came=0
	for file in $(grep -l "^X-Number: $number.\$" f/sink/*.eml); do
		came=$((came + 1))
		case $kind in
		clean) cmp -s "$file" "$mail.crlf" ;;
		*) grep -q "^$TEXT" "$file" && grep -q '^--=_part_1--' "$file" ;;
		esac || torn="$torn $file"
		! grep -qF -f "needles.$kind" "$file" || passed="$passed $file"
	done
	[ $came -gt 0 ] || lost="$lost $mail"
	[ $came -le 1 ] || twice=$((twice + came - 1))
	[ "$kind" = clean ] || kept f "$mail" || lost="$lost $mail:original"
done
is "$lost" '' "$mails mails: none is lost"
is "$passed" '' 'nothing passes that must not'
is "$torn" '' 'each is whole'
bad=
for folder in f/quarantine/*; do
	[ -e "$folder/manifest" ] && [ -e "$folder/message" ] && [ -e "$folder/envelope" ] || bad="$bad $folder"
done
is "$bad" '' 'the quarantine has whole folders only'
set -- f/quarantine/*
is $# $((mails / 2)) 'one for each, however often it was tried'
echo "# seed $SEED: $twice came twice; in WORK are left: $(left f | wc -w)"
finish
