#!/usr/bin/perl
# SPDX-License-Identifier: ISC
# mimetools.pl LIST OUT: MIME::Parser as a peer of mimesplit; see pyemail.py.
use strict;
use warnings;
use MIME::Parser;

my ($list, $out) = @ARGV;
mkdir $out or die "$out: $!";
open my $paths, '<', $list or die "$list: $!";
my $i = 0;

sub tell_part {
	my ($entity, $dir, $n, $names) = @_;
	if (my $name = $entity->head->recommended_filename) {
		$name =~ s/[\r\n]+/ /g;
		print $names "$$n $name\n";
	}
	if (my $body = $entity->bodyhandle) {
		open my $f, '>:raw', "$dir/$$n" or die "$dir/$$n: $!";
		print $f $body->as_string;
		close $f;
	}
	$$n++;
	tell_part($_, $dir, $n, $names) for $entity->parts;
}

while (my $path = <$paths>) {
	chomp $path;
	my $dir = "$out/" . $i++;
	mkdir $dir or die "$dir: $!";
	my $parser = MIME::Parser->new;
	$parser->output_to_core(1);
	$parser->tmp_to_core(1);
	$parser->extract_uuencode(1);
	$parser->decode_headers(1);
	open my $names, '>:utf8', "$dir/NAMES" or die "$dir/NAMES: $!";
	my $n = 0;
	eval {
		local $SIG{__WARN__} = sub { };
		tell_part($parser->parse_open($path), $dir, \$n, $names);
	};
	close $names;
}
