#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# For the tests that kill: numbered mail, who sends it, who shoots, and what became of it.
#	killer.pl send PORT CONNECTIONS SECONDS MAILS SENT <LIST
#		LIST: a line `NUMBER KIND' each.  MAILS/KIND is the mail, sent to
#		KIND@example.net until it is taken or refused, or, not before it was tried
#		once, the time is over; SENT gets a line each
#	killer.pl shoot SEED SHOTS MAILS FOLDER ALREADY
#		kills processes of programs of FOLDER at random, while so many mails arrive
#		where some are already
#	killer.pl audit FRONT FIRST LAST
#		what became of the mails of these numbers, a line; all that is wrong, a line each
# The last two work in the folder of the test.
use strict;
use warnings;
use POSIX ":sys_wait_h";
use IO::Socket::INET;
use Time::HiRes qw(time sleep);

my $how = shift // "";

sub slurp {
	my ($file) = @_;
	open my $f, "<", $file or return "";
	local $/;
	return <$f> // "";
}

# --- who sends -------------------------------------------------------------------

# the code of the last answer to these lines, each after the one before; 0: it broke
sub talk {
	my ($port, @lines) = @_;
	local $SIG{PIPE} = "IGNORE";
	my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port", Timeout => 20) or return 0;
	my $answer;
	for my $line ("", @lines) {
		if ($line ne "") { print $s $line or return 0; $s->flush or return 0 }
		do { defined($answer = <$s>) or return 0 } while $answer =~ /^...-/;
		return $1 if $answer =~ /^([45]\d\d)/;
	}
	print $s "QUIT\r\n";
	return $answer =~ /^(\d\d\d)/ ? $1 : 0;
}

sub send_one {
	my ($port, $end, $number, $kind, $text) = @_;
	my $tries = 0;
	for (;;) {
		$tries++;
		my $code = talk($port, "EHLO client.example\r\n",
		    "MAIL FROM:<sender-$number\@example.org>\r\n", "RCPT TO:<$kind\@example.net>\r\n",
		    "DATA\r\n", "X-Number: $number\r\nMessage-ID: <$number\@number.example>\r\n$text.\r\n");
		return "$number $kind taken $tries\n" if $code =~ /^2/;
		return "$number $kind refused $tries\n" if $code =~ /^5/;
		return "$number $kind given-up $tries\n" if time >= $end;
		sleep .1 + rand .4;
	}
}

sub send_all {
	my ($port, $connections, $seconds, $mails, $sent) = @_;
	my (%text, @list);
	my $end = time + $seconds;
	while (<STDIN>) {
		my ($number, $kind) = split;
		push @list, [$number, $kind];
		next if defined $text{$kind};
		($text{$kind} = slurp("$mails/$kind")) =~ s/^\./../mg;
		$text{$kind} =~ s/\r?\n/\r\n/g;
	}
	for my $slot (0 .. $connections - 1) {
		next if fork // die "fork: $!";
		srand $$;
		open my $out, ">>", $sent or die "$sent: $!";
		for (my $i = $slot; $i < @list; $i += $connections) {
			my $line = send_one($port, $end, @{$list[$i]}, $text{$list[$i][1]});
			syswrite $out, $line;
		}
		exit 0;
	}
	my $failed = 0;
	while (wait > 0) { $failed = 1 if $? }
	exit $failed;
}

# --- who shoots ------------------------------------------------------------------

# what runs of the programs of this folder, but for the engine: by name, who
sub targets {
	my ($folder) = @_;
	my %found;
	for my $file (glob "/proc/[0-9]*/cmdline") {
		my @word = split /\0/, slurp($file);
		my ($name) = grep { index($_, "$folder/") == 0 } @word[0 .. ($#word < 2 ? $#word : 2)];
		next if !defined $name || $name =~ /avscand/;
		$name =~ s,.*/,,;
		push @{$found{$name}}, $file =~ /(\d+)/;
	}
	return %found;
}

# one of all processes, or of a program that is chosen first, since most of them are short
sub victim {
	my ($folder) = @_;
	my @names = qw(guard multiscan multiscan-pipe multiscan-milter mimesplit avscan suffixcheck
	    mimejoin virlog stow reinject);
	my $name = $names[rand @names];
	my $until = time + (rand() < .5 ? .1 : 0);
	my %found;
	do {
		%found = targets($folder);
		return $name, $found{$name}[0] if $found{$name} && time < $until;
	} while time < $until;
	# The milter less often, since it takes the others with it.
	delete $found{"multiscan-milter"} unless rand() < .1;
	my @all = map { my $of = $_; map { [$of, $_] } @{$found{$of}} } sort keys %found;
	return @all ? @{$all[rand @all]} : ();
}

sub shoot {
	my ($seed, $shots, $mails, $folder, $already) = @_;
	my (%hit, $done);
	my $last = -2;
	srand $seed;
	for ($done = 0; $done < $shots && !-e "no-more";) {
		my @came = glob "sink/*.eml";
		if (@came - $already < $done * $mails * .75 / $shots || @came - $last < 2) {
			sleep .02;
			next;
		}
		sleep rand .05;
		my ($name, $pid) = victim($folder) or next;
		next unless kill "KILL", $pid;
		$last = @came;
		$hit{$name}++;
		$done++;
	}
	print "$done\n";
	print STDERR "# hit: ", join(", ", map { "$_ $hit{$_}" } sort keys %hit), "\n";
}

# --- what became of it -----------------------------------------------------------

my (%kind, %end, %came, %told, %kept, %logged, @wrong, %count);

sub wrong {
	my ($what, $text) = @_;
	$count{$what}++;
	push @wrong, "# $what: $text\n";
}

# the body, which differs only where it was changed
sub body {
	my ($text) = @_;
	$text =~ tr/\r//d;
	$text =~ s/\A.*?\n\n//s;
	return $text;
}

sub look_at_sink {
	my ($first, $last) = @_;
	my $needle = "EICAR-STANDARD|" . join "", "WDVPIVAlQEFQ", "WzRcUFpYNTQoUF4pN0ND";
	for my $file (glob "sink/*.eml") {
		my $text = slurp($file);
		my ($to) = slurp($file =~ s/eml$/env/r) =~ /^RCPT TO:<(.*?)>/m;
		my ($number) = $text =~ /\A(?:(?!X-Number).*\n)*?X-Number: (\d+)\r?\n/;
		my $head = ($text =~ /\A(.*?)\r?\n\r?\n/s)[0];
		$number = undef unless $head =~ /^X-Number: /m;
		if ($text =~ /$needle/) {
			wrong("unscanned", "$file to $to")
			    if !defined $number || within($number, $first, $last);
		}
		if (!defined $number) {
			my ($of) = $to =~ /^sender-(\d+)\@/;
			next unless within($of // -1, $first, $last);
			if ($head =~ /^From:.*MAILER-DAEMON/m) { wrong("false", "$file: a bounce of $of") }
			else { $told{$of}++ }
			next;
		}
		next unless within($number, $first, $last);
		$came{$number}++;
		my $mail = body(slurp("mails/$kind{$number}"));
		my $body = body($text);
		if ($kind{$number} eq "infected") {
			wrong("torn", "$file: $number")
			    unless $body =~ /was removed/ && $body =~ /^--[^\n]*--\n\z/m;
		} elsif ($body ne $mail) { wrong("torn", "$file: $number") }
	}
}

sub within { $_[0] >= $_[1] && $_[0] <= $_[2] }

sub look_at_quarantine {
	for my $file (glob "spool/quarantine/*/message") {
		my $text = slurp($file);
		my ($number) = $text =~ /^X-Number: (\d+)/m;
		next unless defined $number && defined $kind{$number};
		$kept{$number}++;
		wrong("torn", $file) unless body($text) eq body(slurp("mails/$kind{$number}"));
	}
}

sub end_of {
	my ($front, $n) = @_;
	my ($kind, $end) = ($kind{$n}, $end{$n});
	my ($came, $kept) = ($came{$n} // 0, $kept{$n} // 0);
	if ($end eq "given-up") { wrong("waiting", "$n $kind"); return }
	my $wanted = $front eq "milter" && $kind eq "refuse" ? "refused" : "taken";
	wrong("false", "$n $kind: the client was told $end") if $end ne $wanted;
	wrong("lost", "$n $kind: the original") if $kind =~ /infected|hold|refuse/ && !$kept;
	wrong("twice", "$n $kind: kept $kept times") if $kept > 1;
	if ($kind =~ /clean|infected/) {
		wrong("lost", "$n $kind") unless $came;
		wrong("twice", "$n $kind: $came times") for 2 .. $came;
	} elsif ($came) { wrong("unscanned", "$n $kind: delivered") }
	wrong("unlogged", "$n $kind") if $kind eq "discard" && !$logged{$n};
	if ($kind ne "refuse" || $front eq "milter") {
		wrong("false", "$n $kind: a notice to the sender") if $told{$n};
	} elsif (!$told{$n}) { wrong("untold", "$n: its sender") }
	elsif ($told{$n} > 1) { wrong("toldtwice", "$n: its sender") }
}

sub audit {
	my ($front, $first, $last) = @_;
	open my $sent, "<", "sent" or die "sent: $!";
	while (<$sent>) {
		my ($number, $kind, $end) = split;
		next unless within($number, $first, $last);
		# what was given up may have been sent once more
		$kind{$number} = $kind;
		$end{$number} = $end unless ($end{$number} // "given-up") ne "given-up";
	}
	# What virlog was killed over is in the fallback; where it was so twice, it was said.
	for my $file ("spool/log", "spool/records/unlogged.log", "milter.log", "postfix/log") {
		open my $log, "<", $file or next;
		while (<$log>) { $logged{$1} = 1 if / do=.*?(\d+)(?:@|%40)number\.example/ }
	}
	look_at_sink($first, $last);
	look_at_quarantine();
	for my $n ($first .. $last) {
		if (!defined $kind{$n}) { wrong("lost", "$n: never sent"); next }
		end_of($front, $n);
	}
	print "mails=", $last - $first + 1, map({ " $_=" . ($count{$_} // 0) }
	    qw(lost twice false unscanned torn waiting unlogged untold toldtwice)), "\n";
	print @wrong[0 .. (@wrong > 20 ? 19 : $#wrong)];
}

if ($how eq "send") { send_all(@ARGV) }
elsif ($how eq "shoot") { shoot(@ARGV) }
elsif ($how eq "audit") { audit(@ARGV) }
else { die "killer.pl: send, shoot or audit\n" }
