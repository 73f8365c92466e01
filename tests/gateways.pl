#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# For several gateways of equal priority: the MTA that sends to them, and what became of
# its mail.
#	gateways.pl send FIRST CONNECTIONS SECONDS TRIES MAILS PORT... <LIST
#		LIST: a line `NUMBER KIND' each.  MAILS/KIND is sent to ben@example.net by way
#		of one of the ports, FIRST (from 0; any: at random), and of the next one where
#		that does not take it; when none does, again later, until the time is over.
#		TRIES gets a line for each try, NUMBER KIND AT HOW, where AT counts from 0 and
#		HOW is connect, lost (before the end of the data), unsure (after it, without
#		an answer), a code; and a last one, NUMBER KIND AT taken SECONDS, or given-up
#	gateways.pl audit TRIES SINK KILLED AFTER FOLDER...
#		prints what became of the mails in TRIES as one record, then a line for each
#		wrong; FOLDERs are the gateways.  KILLED, or -, is the one that was killed,
#		when AFTER mails were at the sink: what it had in its queue may come twice
#	gateways.pl missing TRIES SINK
#		the numbers of the mails in TRIES that were taken and are not at the sink
#	gateways.pl queued FOLDER
#		the numbers of the mails that are in the queue of this one, on the disk
use strict;
use warnings;
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

sub answer {
	my ($s) = @_;
	my $line;
	do { $line = <$s> // return 0 } while $line =~ /^...-/;
	return $line =~ /^(\d\d\d)/ ? $1 : 0;
}

# how a try ended: connect, lost, unsure or the code of the last answer
sub try {
	my ($port, @lines) = @_;
	my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port") or return "connect";
	my $code = answer($s) or return "lost";
	for my $i (0 .. $#lines) {
		return $code if $code >= 400;
		print $s $lines[$i] and $s->flush or return "lost";
		$code = answer($s) or return $i == $#lines ? "unsure" : "lost";
	}
	print $s "QUIT\r\n";
	return $code;
}

sub send_one {
	my ($tries, $first, $end, $number, $kind, $text, @port) = @_;
	my $began = time;
	my @line = ("EHLO client.example\r\n", "MAIL FROM:<anna\@example.org>\r\n",
	    "RCPT TO:<ben\@example.net>\r\n", "DATA\r\n",
	    "X-Number: $number\r\nMessage-ID: <$number\@number.example>\r\n$text.\r\n");
	for (my $at = $first eq "any" ? int rand @port : $first, my $n = 1;; $at++, $n++) {
		$at %= @port;
		my $code = try($port[$at], @line);
		syswrite $tries, "$number $kind $at $code\n";
		my $result = $code =~ /^2/ ? "taken" : $code =~ /^5/ ? "refused" :
		    time >= $end ? "given-up" : "";
		if ($result) {
			syswrite $tries, sprintf "%d %s %d %s %.1f\n", $number, $kind, $at, $result,
			    time - $began;
			return;
		}
		sleep .1 + rand .4 unless $n % @port;
	}
}

sub send_all {
	my ($first, $connections, $seconds, $file, $mails, @port) = @_;
	my (%text, @list);
	my $end = time + $seconds;
	local $SIG{PIPE} = "IGNORE";
	open my $tries, ">>", $file or die "$file: $!";
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
		for (my $i = $slot; $i < @list; $i += $connections) {
			send_one($tries, $first, $end, @{$list[$i]}, $text{$list[$i][1]}, @port);
		}
		exit 0;
	}
	my $failed = 0;
	while (wait > 0) { $failed = 1 if $? }
	exit $failed;
}

# --- what became of it -----------------------------------------------------------

my (%kind, %end, %at, %unsure, %came, %last, %kept, %logged, %count, @wrong);

sub wrong {
	my ($what, $text) = @_;
	$count{$what}++;
	push @wrong, "# $what: $text\n";
}

sub body {
	my ($text) = @_;
	$text =~ tr/\r//d;
	$text =~ s/\A.*?\n\n//s;
	return $text;
}

sub read_tries {
	my ($file, $killed) = @_;
	open my $tries, "<", $file or die "$file: $!";
	while (<$tries>) {
		my ($number, $kind, $at, $how, $seconds) = my @word = split;
		$kind{$number} = $kind;
		$unsure{$number} = 1 if $how eq "unsure" && $at eq $killed;
		next unless @word == 5;
		($end{$number}, $at{$number}) = ($how, $at);
		$count{longest} = $seconds if $seconds > ($count{longest} // 0);
	}
}

sub look_at_sink {
	my ($sink) = @_;
	my $needle = "EICAR-STANDARD|" . join "", "WDVPIVAlQEFQ", "WzRcUFpYNTQoUF4pN0ND";
	for my $file (glob "$sink/*.eml") {
		my $text = slurp($file);
		wrong("unscanned", $file) if $text =~ /$needle/;
		my ($head) = $text =~ /\A(.*?)\r?\n\r?\n/s;
		my ($number) = ($head // "") =~ /^X-Number: (\d+)/m;
		if (!defined $number) { wrong("strange", $file); next }
		next unless defined $kind{$number};
		my ($n) = $file =~ /(\d+)\.eml$/;
		$came{$number}++;
		$last{$number} = $n if $n > ($last{$number} // 0);
		my $body = body($text);
		if ($kind{$number} eq "infected") {
			wrong("torn", "$file: $number")
			    unless $body =~ /was removed/ && $body =~ /^--[^\n]*--\n\z/m;
		} elsif ($body ne body(slurp("mails/$kind{$number}"))) {
			wrong("torn", "$file: $number");
		}
	}
}

sub look_at_quarantine {
	for my $file (map { glob "$_/spool/quarantine/*/message" } @_) {
		my $text = slurp($file);
		my ($number) = $text =~ /^X-Number: (\d+)/m;
		next unless defined $number && defined $kind{$number};
		$kept{$number}++;
		wrong("torn", $file) unless body($text) eq body(slurp("mails/$kind{$number}"));
	}
}

# Each gateway logs what it judged before it hands it on.
sub look_at_logs {
	for my $file (map { ("$_/spool/log", "$_/spool/records/unlogged.log") } @_) {
		open my $log, "<", $file or next;
		while (<$log>) { $logged{$1} = 1 if / parts?=.* msgid=%3C(\d+)\@number\.example/ }
	}
}

sub audit {
	my ($file, $sink, $killed, $after, @gateways) = @_;
	read_tries($file, $killed);
	look_at_sink($sink);
	look_at_quarantine(@gateways);
	look_at_logs(@gateways);
	for my $n (sort { $a <=> $b } keys %kind) {
		my $end = $end{$n} // "nothing";
		my $came = $came{$n} // 0;
		if ($end ne "taken") { wrong($end eq "refused" ? "refused" : "waiting", "$n: $end"); next }
		wrong("lost", "$n, which $at{$n} took") unless $came;
		wrong("lost", "$n: the original") if $kind{$n} eq "infected" && $came && !$kept{$n};
		wrong("unlogged", "$n") if $came && !$logged{$n};
		next unless $came > 1;
		$count{twice} += $came - 1;
		# The kill was between the other side's 250 and ours: the client's, or the
		# queue's of the one that was killed, which has sent it once more since then.
		wrong("odd", "$n came $came times") unless $unsure{$n} ||
		    ($at{$n} eq $killed && $last{$n} > $after);
	}
	print "mails=", scalar keys %kind, map({ " $_=" . ($count{$_} // 0) }
	    qw(lost unscanned unlogged torn waiting refused strange odd twice longest)), "\n";
	print @wrong[0 .. (@wrong > 20 ? 19 : $#wrong)];
}

sub missing {
	my ($file, $sink) = @_;
	read_tries($file, "-");
	look_at_sink($sink);
	print map { "$_\n" } grep { $end{$_} eq "taken" && !$came{$_} } sort keys %kind;
}

sub queued {
	my ($folder) = @_;
	my %there;
	for my $place (qw(maildrop incoming active hold deferred deferred/?)) {
		for my $file (glob "$folder/postfix/queue/$place/*") {
			next unless -f $file;
			# not what was still coming in when it was killed
			next unless -x _;
			$there{$1} = 1 if slurp($file) =~ /X-Number: (\d+)/;
		}
	}
	print map { "$_\n" } sort keys %there;
}

if ($how eq "send") { send_all(@ARGV) }
elsif ($how eq "audit") { audit(@ARGV) }
elsif ($how eq "missing") { missing(@ARGV) }
elsif ($how eq "queued") { queued(@ARGV) }
else { die "gateways.pl: send, audit, missing or queued\n" }
