# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2154
# Servers for relayprobe, read after lib.sh and master.sh: a Postfix that is many,
# a port each, and to which everybody is a stranger; and one that does what it is
# told, in perl.

fakes=

# server NAME [OPTION]...: one more smtpd; its port is in $port_NAME
server() {
	server_name=$1
	server_port=${ports%% *}
	ports=${ports#* }
	shift
	eval "port_$server_name=$server_port"
	echo "127.0.0.1:$server_port inet n - n - 20 smtpd"
	for option; do echo "  -o { $option }"; done
}

# relays_start: false, with the log as comments, if it does not run
relays_start() {
	master_make
	ports=$(free_ports 15)
	cat >>"$C/main.cf" <<-END
	myhostname = mta01.company.example
	mydestination = company.example, mta01.company.example, localhost
	local_recipient_maps = inline:{ postmaster=x }
	mynetworks = 192.0.2.1
	smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
	smtpd_client_connection_count_limit = 0
	in_flow_delay = 0
	default_transport = discard
	local_transport = discard
	END
	# What smtpd does not see, the queue manager's rewriting does: it honours it.
	printf '/%%/ x\n/^postmaster/ x\n' >"$C/percent"
	printf '/^postmaster@/ OK\n/./ REJECT\n' >"$C/data"
	printf '/^postmaster@/ OK\n' >"$C/exempt"
	{
		cat <<-END
		naive unix - - n - - trivial-rewrite
		  -o allow_percent_hack=no -o swap_bangpath=no -o resolve_dequoted_address=no
		discard unix - - n - - discard
		END
		server closed
		server open 'mynetworks = 127.0.0.0/8'
		server percent 'rewrite_service_name = naive' 'allow_untrusted_routing = yes' \
		    "local_recipient_maps = regexp:$C/percent"
		server defer 'smtpd_relay_restrictions = defer_unauth_destination'
		server exempt "smtpd_client_restrictions = check_recipient_access regexp:$C/exempt, reject"
		server greylist 'mynetworks = 127.0.0.0/8' \
		    'smtpd_recipient_restrictions = check_client_access static:{450 4.2.0 come again}'
		server tarpit 'smtpd_relay_restrictions = sleep 1, reject_unauth_destination'
		server data 'mynetworks = 127.0.0.0/8' \
		    "smtpd_data_restrictions = check_recipient_access regexp:$C/data"
		server dataall 'mynetworks = 127.0.0.0/8' 'smtpd_data_restrictions = reject'
		server catchall 'rewrite_service_name = naive' 'allow_untrusted_routing = yes' \
		    'local_recipient_maps ='
		server few 'smtpd_soft_error_limit = 2' 'smtpd_hard_error_limit = 2' \
		    'smtpd_error_sleep_time = 0'
		server blocked 'smtpd_client_restrictions = reject'
		server blockedmail 'smtpd_sender_restrictions = reject' 'smtpd_delay_reject = no'
		server blockedbanner 'smtpd_client_restrictions = reject' 'smtpd_delay_reject = no'
		server login 'smtpd_sender_restrictions = check_client_access static:{530 5.7.0 log in}' \
		    'smtpd_delay_reject = no'
	} >>"$C/master.cf"
	master_start
}

# fake MODE...: for each a server that does what MODE says below; its port is in
# $fake_MODE
fake() {
	for mode; do
		setpriv --pdeathsig TERM perl -e "$FAKE" "$mode" "$T/fake.$mode" "$LIFE" &
		fakes="$fakes $!"
	done
	for mode; do
		tries=100
		until [ -s "$T/fake.$mode" ] || [ $tries -eq 0 ]; do
			sleep 0.05
			tries=$((tries - 1))
		done
		read -r fake_port <"$T/fake.$mode"
		eval "fake_$mode=$fake_port"
	done
}

# One connection at a time.  What is not said otherwise is what a closed server
# says; R is the reply to RCPT.
# shellcheck disable=SC2016
FAKE='
use IO::Socket::INET;
my ($mode, $file, $life) = @ARGV;
$SIG{PIPE} = "IGNORE";
alarm $life;
my $l = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 20, ReuseAddr => 1) or die;
open my $f, ">", "$file.new" or die;
print $f $l->sockport, "\n";
close $f;
rename "$file.new", $file;
my $denied = "550 no, relaying denied\r\n";
my %rcpt = (
	half => "250 yes",			# and the connection ends
	mixed => "550-no\r\n250 yes\r\n",
	number => "4294967546 yes\r\n",
	bare => "250ok\r\n",
	twice => "250 yes\r\n250 yes\r\n",
	go => "354 go\r\n",
	nul => "550 relaying\0 denied\r\n",
	escape => "550 relaying \e]0;owned\a\e[2J\x9b31m denied\r\n",
	endless => "250-and\r\n" x 3000,
	all => "250 yes\r\n",
	later => "450 come again\r\n",
	away => "421 too busy\r\n",
	closing => "",
	nullmx => "556 5.1.10 no mail there\r\n",
	huge => "550 relaying denied " . "x" x 15000 . "\r\n",
	long => join("", ("550-relaying denied " . "\x80" x 480 . "\r\n") x 30) . "550 no\r\n",
	unasked => "550 relaying denied\r\n250 yes\r\n",
	defer => "454 4.7.1 Relay access denied\r\n",
	yes220 => "220 yes\r\n",
	blocklist => "550 5.7.1 Client host [127.0.0.1] blocked using zen.spamhaus.org\r\n",
	nodomain => "550 Unrouteable address\r\n",
	local => "550 sorry\r\n",
	noreset => "250 yes\r\n",
	helo => "250 yes\r\n",
);
my %banner = (
	forged => "220 evil.example\">\r\x0bQUIT <x ESMTP\r\n",
	forged2 => "220 a..b;rm ESMTP\r\n",
	name => "220 mail.example.net ESMTP\r\n",
	noname => "220 here\r\n",
	garbage => "\0\xff\xfe HTTP/1.0 400 no\r\n",
	banner421 => "421 not now\r\n",
	early => "220 mx.site.example\r\n250 yes\r\n250 yes\r\n250 yes\r\n",
);
# These take their postmaster.
my $postmaster = $mode =~ /^(blocklist|nodomain|local|ban|ban2)$/;
my $rcpts = 0;
while (1) {
	my $c = $l->accept or next;
	$c->autoflush(1);
	if ($mode eq "silent") { 1 while <$c>; next }
	if ($mode eq "closes") { next }
	if ($mode eq "flood") { 1 while print $c "220-" . "x" x 4000; next }
	if ($mode eq "slow") { for (1 .. 1000) { print $c "2" or last; select undef, undef, undef, 0.2 } next }
	print $c $banner{$mode} // "220 mx.site.example ESMTP\r\n";
	my @held = ("250 once more\r\n") x ($mode eq "shifted2" ? 2 : 1);
	my $greeted = 0;
	while (my $line = <$c>) {
		my $r = $line =~ /^(HELO|MAIL|RSET|DATA|\.\r)/ ? "250 ok\r\n" : "500 what?\r\n";
		last if $line =~ /^QUIT/;
		$r = "250-mx.site.example\r\n250-AUTH \t\r\n250 AUTH \tX\r\n" if $line =~ /^EHLO/;
		$r = "250 here\r\n" if $line =~ /^EHLO/ && $mode eq "noname";
		$r = $rcpt{$mode} // $denied if $line =~ /^RCPT/;
		if ($mode eq "own") {
			$r = "250 ok\r\n" if $line =~ /^RCPT TO:<[^@]*(%|!)[^@]*(\@mx.site.example)?>/;
		}
		$r = "250 ok\r\n" if $mode eq "mail" && $line =~ /^RCPT TO:<[^@]*%[^@]*\@company.example>/;
		if ($mode eq "sender") {
			$r = "553 who?\r\n" if $line =~ /^MAIL FROM:<.+>/;
			$r = "250 ok\r\n" if $line =~ /^RCPT TO:<\@mx/;
		}
		$r = "250 ok\r\n" if $mode eq "vague" && $line =~ /^RCPT TO:<.*;/;
		$r = "530 Must issue a STARTTLS command first\r\n" if $mode eq "tls" && $line =~ /^MAIL/;
		$r = "500 what?\r\n" if $mode eq "old" && $line =~ /^EHLO/;
		$r = "530 Encryption required\r\n" if $mode eq "encrypt" && $line =~ /^MAIL/;
		$r = "502 what?\r\n" if $mode eq "noreset" && $line =~ /^RSET/;
		last if $mode eq "helo" && $line =~ /^EHLO/;
		if ($mode eq "again") {
			$greeted = $line !~ /^RSET/ if $line =~ /^(EHLO|RSET)/;
			$r = "503 HELO first\r\n" if $line =~ /^MAIL/ && !$greeted;
			$r = "250 ok\r\n" if $line =~ /^RCPT TO:<[^@]*%[^@]*\@site.example>/;
		}
		$r = "550 " . int(rand 1e9) . " sorry\r\n" if $mode eq "number2" && $line =~ /^RCPT/;
		$rcpts++ if $line =~ /^RCPT/;
		$r = "550 no more\r\n" if $mode eq "ban" && $line =~ /^RCPT/ && $rcpts > 30;
		$r = "550 no such user\r\n" if $mode eq "ban2" && $line =~ /^RCPT/ && $rcpts > 30;
		$r = "250 ok\r\n" if $postmaster && $line =~ /^RCPT TO:<postmaster/;
		# More than asked, and so each is the one to a command before.
		push(@held, $r), $r = shift @held if $mode =~ /^shifted/ && $line !~ /^EHLO/;
		print $c $r;
		last if $line =~ /^RCPT/ && $mode =~ /^(half|away|closing|endless)$/;
	}
	close $c;
}
'

# Whatever happened, nothing of it is left.
relays_stop() {
	for pid in $fakes; do kill "$pid" 2>/dev/null; done
	[ ! -d "$T/postfix" ] || master_stop
}
