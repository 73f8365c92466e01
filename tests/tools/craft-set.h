/* SPDX-License-Identifier: ISC */
/*
 * What craft writes: groups of rows, a message a row.  A group has a frame, a
 * row what stands in its holes {1} and {2} ({2} is {b} where a row does not
 * say).  To add a case, add a row; to add a class, a list of rows and a group.
 *
 * In a text a newline is the line end of the message, and
 *   {p} the payload       {n} the file name      {b} {B} {c} boundaries
 *   {N} {V} {D} field, value and decoy of the group
 *   {file} an attachment with its head, in base64 or quoted-printable
 *   {word} a word         {m} a whole message (in a wrapper)
 *   {type} {delimiter} {coding} {body} of a row of boundary, coding, base64_body,
 *   another in each message
 *   {cr} {lf} bytes; a message that has one of them ends its lines by CRLF
 *   {FILTER:text} {FILTER 3:text} the text as a filter of craft-code.h has it
 */
#ifndef CRAFT_SET_H
#define CRAFT_SET_H

#include <stdbool.h>
#include <stddef.h>

struct row {
	const char *what;
	const char *one;
	const char *two;
};

struct group {
	const char *class;
	const char *frame;
	const struct row *row;
	size_t rows;
	const char *field, *value, *decoy;
	bool name;		/* it is about the name, not the content */
	const char *eol;	/* NULL: CRLF or LF, where no row asks for one */
};

#define ENVELOPE "From: Ann <ann@example.org>\nTo: ben@example.net\n" \
	"Subject: {word}\nDate: Tue, 24 Nov 2026 10:00:00 +0000\n" \
	"Message-ID: <{word}@example.org>\n"
#define VERSION1 "MIME-Version: 1.0\n"
#define MIXED "Content-Type: multipart/mixed; boundary=\"{b}\"\n"
#define HELLO "Content-Type: text/plain\n\nhello\n"
#define NAMED "Content-Type: application/octet-stream; name=\"{n}\"\n" \
	"Content-Disposition: attachment; filename=\"{n}\"\n"
#define CODED "Content-Transfer-Encoding: base64\n\n{64:{p}}\n"
#define START ENVELOPE VERSION1 MIXED "\n--{b}\n" HELLO "--{b}\n"
#define END "--{b}--\n"
#define PARTS "\n--{b}\n" HELLO "--{b}\n{file}" END

static const char FILE_BASE64[] = NAMED CODED;
static const char FILE_QUOTED[] = NAMED
    "Content-Transfer-Encoding: quoted-printable\n\n{qp 24:{p}}\n";

/* --- the boundary parameter --------------------------------------------------- */

static const char BOUNDARY[] = ENVELOPE VERSION1 "Content-Type: {1}\n\n"
    "several parts\n--{2}\n" HELLO "--{2}\n{file}--{2}--\n";
static const struct row boundary[] = {
	{ "quoted", "multipart/mixed; boundary=\"{b}\"", NULL },
	{ "plain", "multipart/mixed; boundary={b}", NULL },
	{ "twice-first", "multipart/mixed; boundary=\"{b}\"; boundary=\"{B}\"", NULL },
	{ "twice-last", "multipart/mixed; boundary=\"{B}\"; boundary=\"{b}\"", NULL },
	{ "thrice-middle", "multipart/mixed; boundary={B}; boundary={b}; boundary={c}", NULL },
	{ "thrice-last", "multipart/mixed; boundary={B}; boundary={c}; boundary={b}", NULL },
	{ "twice-case", "multipart/mixed; BOUNDARY={B}; boundary={b}", NULL },
	{ "blank-after", "multipart/mixed; boundary=\"{b} \"", NULL },
	{ "blanks-after", "multipart/mixed; boundary=\"{b} \t \"", NULL },
	{ "blank-after-kept", "multipart/mixed; boundary=\"{b} x \"", "{b} x " },
	{ "blank-before", "multipart/mixed; boundary=\" {b}\"", " {b}" },
	{ "blank-before-cut", "multipart/mixed; boundary=\" {b}\"", NULL },
	{ "blank-inside", "multipart/mixed; boundary=\"{<:{b}} {>:{b}}\"", "{<:{b}} {>:{b}}" },
	{ "pair", "multipart/mixed; boundary=\"{<:{b}}\\{>:{b}}\"", NULL },
	{ "pair-kept", "multipart/mixed; boundary=\"{<:{b}}\\{>:{b}}\"", "{<:{b}}\\{>:{b}}" },
	{ "pair-plain", "multipart/mixed; boundary={<:{b}}\\{>:{b}}", "{<:{b}}\\{>:{b}}" },
	{ "quote-inside", "multipart/mixed; boundary=\"{<:{b}}\\\"{>:{b}}\"",
	    "{<:{b}}\"{>:{b}}" },
	{ "pieces", "multipart/mixed; boundary*0={<:{b}}; boundary*1={>:{b}}", NULL },
	{ "pieces-quoted", "multipart/mixed;\n boundary*0=\"{<:{b}}\";\n boundary*1=\"{>:{b}}\"",
	    NULL },
	{ "pieces-turned", "multipart/mixed; boundary*1={>:{b}}; boundary*0={<:{b}}", NULL },
	{ "pieces-coded", "multipart/mixed; boundary*0*=us-ascii''{pct:{<:{b}}};"
	    " boundary*1*={pct:{>:{b}}}", NULL },
	{ "pieces-mixed", "multipart/mixed; boundary*0*=''{pct:{<:{b}}}; boundary*1={>:{b}}",
	    NULL },
	{ "piece-alone", "multipart/mixed; boundary*0=\"{b}\"", NULL },
	{ "pieces-or-plain", "multipart/mixed; boundary=\"{B}\"; boundary*0={<:{b}};"
	    " boundary*1={>:{b}}", NULL },
	{ "plain-or-pieces", "multipart/mixed; boundary*0={<:{B}}; boundary*1={>:{B}};"
	    " boundary=\"{b}\"", NULL },
	{ "extended", "multipart/mixed; boundary*=us-ascii''{pct:{b}}", NULL },
	{ "extended-half", "multipart/mixed; boundary*=utf-8'en'{<:{b}}{pct:{>:{b}}}", NULL },
	{ "extended-empty", "multipart/mixed; boundary*=''{b}", NULL },
	{ "extended-or-plain", "multipart/mixed; boundary=\"{B}\"; boundary*=''{b}", NULL },
	{ "plain-or-extended", "multipart/mixed; boundary*=''{B}; boundary=\"{b}\"", NULL },
	{ "word-q", "multipart/mixed; boundary=\"=?us-ascii?Q?{qp:{b}}?=\"", NULL },
	{ "word-b", "multipart/mixed; boundary=\"=?us-ascii?B?{line64:{b}}?=\"", NULL },
	{ "word-plain", "multipart/mixed; boundary==?us-ascii?q?{qp:{b}}?=", NULL },
	{ "word-kept", "multipart/mixed; boundary=\"=?us-ascii?Q?{b}?=\"",
	    "=?us-ascii?Q?{b}?=" },
	{ "comment-before", "multipart/mixed; boundary=(x)\"{b}\"", NULL },
	{ "comment-after", "multipart/mixed; boundary=\"{b}\"(x)", NULL },
	{ "comment-token", "multipart/mixed; boundary={b}(x)", NULL },
	{ "comment-token-kept", "multipart/mixed; boundary={b}(x)", "{b}(x)" },
	{ "comment-type", "multipart/(a)mixed(b); (c) boundary (d) = (e) \"{b}\" (f)", NULL },
	{ "comment-decoy", "multipart/mixed; (; boundary=\"{B}\";) boundary=\"{b}\"", NULL },
	{ "comment-nested", "multipart/mixed; (a(b\\))c) boundary=\"{b}\"", NULL },
	{ "comment-quote", "multipart/mixed (\") ; boundary={b} (\")", NULL },
	{ "comment-read", "multipart/mixed; (boundary=\"{b}\")", NULL },
	{ "comma", "multipart/mixed, boundary=\"{b}\"", NULL },
	{ "semicolons", "multipart/mixed;; ;boundary=\"{b}\"", NULL },
	{ "no-semicolon", "multipart/mixed boundary=\"{b}\"", NULL },
	{ "no-semicolon-after", "multipart/mixed; charset=x boundary=\"{b}\"", NULL },
	{ "no-semicolon-quoted", "multipart/mixed; charset=\"x\" boundary=\"{b}\"", NULL },
	{ "text-after", "multipart/mixed; boundary=\"{b}\"x", NULL },
	{ "text-after-blank", "multipart/mixed; boundary=\"{b}\" x", NULL },
	{ "text-after-plain", "multipart/mixed; boundary={b} x", NULL },
	{ "text-after-kept", "multipart/mixed; boundary={b} x", "{b} x" },
	{ "comma-after", "multipart/mixed; boundary={b},x=y", NULL },
	{ "strings", "multipart/mixed; boundary=\"{<:{b}}\" \"{>:{b}}\"", NULL },
	{ "strings-first", "multipart/mixed; boundary=\"{b}\" \"x\"", NULL },
	{ "around-equals", "multipart/mixed; boundary = \"{b}\"", NULL },
	{ "tabs-around-equals", "multipart/mixed;\tboundary\t=\t{b}", NULL },
	{ "fold", "multipart/mixed;\n\tboundary=\"{b}\"", NULL },
	{ "fold-equals", "multipart/mixed; boundary=\n \"{b}\"", NULL },
	{ "fold-name", "multipart/mixed; boundary\n =\"{b}\"", NULL },
	{ "fold-first", "\n multipart/mixed;\n boundary={b}", NULL },
	{ "fold-blank", "multipart/mixed;\n \n boundary={b}", NULL },
	{ "fold-inside", "multipart/mixed; boundary=\"{<:{b}}\n {>:{b}}\"", "{<:{b}} {>:{b}}" },
	{ "fold-inside-gone", "multipart/mixed; boundary=\"{<:{b}}\n {>:{b}}\"", NULL },
	{ "fold-after", "multipart/mixed; boundary=\"{b}\n \"", NULL },
	{ "open-quote", "multipart/mixed; boundary=\"{b}", NULL },
	{ "open-quote-after", "multipart/mixed; boundary={b}\"", NULL },
	{ "open-quote-kept", "multipart/mixed; boundary=\"{b}", "\"{b}" },
	{ "open-quote-more", "multipart/mixed; boundary=\"{b}; charset=x", NULL },
	{ "apostrophes", "multipart/mixed; boundary='{b}'", NULL },
	{ "apostrophes-kept", "multipart/mixed; boundary='{b}'", "'{b}'" },
	{ "upper-case", "MULTIPART/MIXED; BOUNDARY=\"{b}\"", NULL },
	{ "other-case", "multipart/mixed; boundary=\"{upper:{b}}\"", NULL },
	{ "none", "multipart/mixed", NULL },
	{ "none-semicolon", "multipart/mixed;", NULL },
	{ "wrong", "multipart/mixed; boundary=\"{B}\"", NULL },
	{ "empty", "multipart/mixed; boundary=\"\"", "" },
	{ "empty-plain", "multipart/mixed; boundary=", "" },
	{ "empty-wrong", "multipart/mixed; boundary=\"\"", NULL },
	{ "nul", "multipart/mixed; boundary=\"{b}{x:00}x\"", NULL },
	{ "nul-inside", "multipart/mixed; boundary=\"{<:{b}}{x:00}{>:{b}}\"", NULL },
	{ "nul-plain", "multipart/mixed; boundary={b}{x:00}", NULL },
	{ "eight", "multipart/mixed; boundary=\"{b}{x:e9}\"", "{b}{x:e9}" },
	{ "eight-plain", "multipart/mixed; boundary={x:c3a4}{b}", "{x:c3a4}{b}" },
	{ "control", "multipart/mixed; boundary=\"{b}{x:01}\"", "{b}{x:01}" },
	{ "70", "multipart/mixed; boundary=\"{rep 35:ab}\"", "{rep 35:ab}" },
	{ "200", "multipart/mixed; boundary=\"{rep 100:ab}\"", "{rep 100:ab}" },
	{ "900", "multipart/mixed; boundary=\"{rep 450:ab}\"", "{rep 450:ab}" },
	{ "one", "multipart/mixed; boundary=x", "x" },
	{ "specials", "multipart/mixed; boundary={b}=a/c:d?e", "{b}=a/c:d?e" },
	{ "at", "multipart/mixed; boundary=<{b}@x>", "<{b}@x>" },
	{ "semicolon-quoted", "multipart/mixed; boundary=\"{b};x\"", "{b};x" },
	{ "semicolon-cut", "multipart/mixed; boundary=\"{b};x\"", NULL },
	{ "in-value", "multipart/mixed; x=\"; boundary={B}; \"; boundary=\"{b}\"", NULL },
	{ "in-value-read", "multipart/mixed; x=\"; boundary={b}; \"; boundary=\"{B}\"", NULL },
	{ "in-value-alone", "multipart/mixed; x=\"boundary={b}\"", NULL },
	{ "other-first", "multipart/mixed; charset=\"us-ascii\"; boundary={b}; x=y", NULL },
	{ "broken-first", "multipart/mixed; =; x; \"y\"=z; boundary={b}", NULL },
	{ "longer-name", "multipart/mixed; xboundary={B}; boundary={b}", NULL },
	{ "dashes", "multipart/mixed; boundary=\"--{b}\"", "--{b}" }
};

static const struct row type[] = {
	{ "blanks", "multipart / mixed; boundary=\"{b}\"", NULL },
	{ "no-subtype", "multipart/; boundary=\"{b}\"", NULL },
	{ "no-slash", "multipart; boundary=\"{b}\"", NULL },
	{ "unknown", "multipart/x-{word}; boundary=\"{b}\"", NULL },
	{ "two-slashes", "multipart/mixed/x; boundary=\"{b}\"", NULL },
	{ "in-quotes", "\"multipart/mixed\"; boundary=\"{b}\"", NULL },
	{ "colon", "multipart/mixed: boundary=\"{b}\"", NULL },
	{ "equals", "multipart/mixed=; boundary=\"{b}\"", NULL },
	{ "word", "=?us-ascii?Q?multipart/mixed?=; boundary=\"{b}\"", NULL },
	{ "leading-semicolon", "; multipart/mixed; boundary=\"{b}\"", NULL },
	{ "alternative", "multipart/alternative; boundary=\"{b}\"", NULL },
	{ "related", "multipart/related; type=\"text/plain\"; boundary=\"{b}\"", NULL },
	{ "signed", "multipart/signed; protocol=\"x/y\"; micalg=x; boundary=\"{b}\"", NULL },
	{ "report", "multipart/report; report-type=x; boundary=\"{b}\"", NULL },
	{ "encrypted", "multipart/encrypted; protocol=\"x/y\"; boundary=\"{b}\"", NULL },
	{ "form", "multipart/form-data; boundary=\"{b}\"", NULL },
	{ "parallel", "multipart/parallel; boundary={b}", NULL }
};

/* --- delimiter lines ------------------------------------------------------------ */

static const char DELIMITER[] = ENVELOPE VERSION1 MIXED "\n{1}";
static const struct row delimiter[] = {
	{ "blank", "--{b} \n" HELLO "--{b} \n{file}--{b}-- \n", NULL },
	{ "blanks", "--{b}\n" HELLO "--{b} \t  \n{file}" END, NULL },
	{ "many-blanks", "--{b}{rep 3000: }\n" HELLO "--{b}{rep 3000:\t}\n{file}" END, NULL },
	{ "text", "--{b}\n" HELLO "--{b}x\n{file}" END, NULL },
	{ "text-blank", "--{b}\n" HELLO "--{b} x y\n{file}" END, NULL },
	{ "text-all", "--{b}1\n" HELLO "--{b}2\n{file}--{b}3--\n", NULL },
	{ "comment", "--{b}\n" HELLO "--{b} (x)\n{file}" END, NULL },
	{ "long-text", "--{b}\n" HELLO "--{b}{rep 2000: x}\n{file}" END, NULL },
	{ "nul", "--{b}\n" HELLO "--{b}{x:00}\n{file}" END, NULL },
	{ "nul-text", "--{b}\n" HELLO "--{b}{x:00}x\n{file}" END, NULL },
	{ "cr", "--{b}{cr}\n" HELLO "--{b}{cr}\n{file}" END, NULL },
	{ "form-feed", "--{b}\n" HELLO "--{b}{x:0c}\n{file}" END, NULL },
	{ "eight", "--{b}\n" HELLO "--{b}{x:a0}\n{file}" END, NULL },
	{ "after-head", "--{b}\nContent-Type: text/plain\n--{b}\n{file}" END, NULL },
	{ "after-type", "--{b}\nContent-Type: multipart/mixed; boundary={B}\n--{B}\n{file}"
	    "--{B}--\n" END, NULL },
	{ "at-once", "--{b}\n{file}--{b}", NULL },
	{ "twice", "--{b}\n--{b}\n{file}" END, NULL },
	{ "twice-empty", "--{b}\n\n--{b}\n\n--{b}\n{file}" END, NULL },
	{ "no-close", "--{b}\n" HELLO "--{b}\n{file}", NULL },
	{ "no-line-end", "--{b}\n" NAMED "Content-Transfer-Encoding: base64\n\n{line64:{p}}",
	    NULL },
	{ "half-close", "--{b}\n" HELLO "--{b}-\n{file}" END, NULL },
	{ "close-text", "--{b}\n{file}--{b}--x\nepilogue\n", NULL },
	{ "close-first", "--{b}--\n{file}" END, NULL },
	{ "close-each", "--{b}--\n" HELLO "--{b}--\n{file}--{b}--\n", NULL },
	{ "close-then", "--{b}\n" HELLO END "--{b}\n{file}" END, NULL },
	{ "close-then-open", "--{b}\n" HELLO END "\n\ntext\n--{b}\n{file}", NULL },
	{ "close-text-then", "--{b}\n" HELLO "--{b}-- \n--{b}\n{file}" END, NULL },
	{ "epilogue", "--{b}\n" HELLO END "{file}", NULL },
	{ "epilogue-blank", "--{b}\n" HELLO END "\n{file}", NULL },
	{ "preamble", "{file}--{b}\n" HELLO END, NULL },
	{ "preamble-alone", "{file}", NULL },
	{ "preamble-blank", "\n{file}--{b}\n" HELLO END, NULL },
	{ "lf", "--{b}\n" HELLO "{lf}--{b}{lf}{file}{lf}--{b}--\n", NULL },
	{ "crs", "--{b}\nContent-Type: text/plain\n\nhello{cr}--{b}{cr}" NAMED CODED END, NULL },
	{ "no-line", "--{b}\n" NAMED "Content-Transfer-Encoding: base64\n\n"
	    "{line64:{p}xx}--{b}--\n", NULL },
	{ "inner-longer", "--{b}\nContent-Type: multipart/mixed; boundary=\"{b}x\"\n\n"
	    "--{b}x\n{file}--{b}x--\n" END, NULL },
	{ "inner-shorter", "--{b}\nContent-Type: multipart/mixed; boundary=\"{<:{b}}\"\n\n"
	    "--{<:{b}}\n{file}--{<:{b}}--\n" END, NULL },
	{ "inner-same", "--{b}\n" MIXED "\n--{b}\n{file}" END END, NULL },
	{ "inner-same-after", "--{b}\n" MIXED "\n--{b}\n" HELLO END "--{b}\n{file}" END, NULL },
	{ "inner-open", "--{b}\nContent-Type: multipart/mixed; boundary={B}\n\n--{B}\n" HELLO
	    "--{b}\n{file}" END, NULL },
	{ "inner-goes-on", "--{b}\nContent-Type: multipart/mixed; boundary={B}\n\n--{B}\n" HELLO
	    END "--{B}\n{file}--{B}--\n", NULL },
	{ "outer-in-inner", "--{b}\nContent-Type: multipart/mixed; boundary={B}\n\n"
	    "--{b}\n{file}" END, NULL }
};

/* --- a field: its line, and what stands before it ----------------------------- */

static const char TYPE_TOP[] = ENVELOPE VERSION1 "{1}" PARTS;
static const char TYPE_FIRST[] = "{1}" ENVELOPE VERSION1 PARTS;
static const char CODING[] = START NAMED "{1}\n{64:{p}}\n" END;
static const char CODING_FIRST[] = START "{1}" NAMED "\n{64:{p}}\n" END;
static const char DISPOSITION[] = START "Content-Type: application/octet-stream\n{1}\nx\n" END;

#define FIELD "{N}: {V}\n"
#define DECOY "{N}: {D}\n"
static const struct row twice[] = {
	{ "first", FIELD DECOY, NULL },
	{ "last", DECOY FIELD, NULL },
	{ "middle", DECOY FIELD DECOY, NULL },
	{ "apart", FIELD "X-Some: thing\n" DECOY, NULL },
	{ "case", "{upper:{N}}: {D}\n{lower:{N}}: {V}\n", NULL },
	{ "empty-first", "{N}:\n" FIELD, NULL },
	{ "empty-last", FIELD "{N}: \n", NULL },
	{ "blank-colon", DECOY "{N} : {V}\n", NULL },
	{ "blank-colon-decoy", "{N} : {D}\n" FIELD, NULL },
	{ "many", DECOY "{N}: {D}x\n{N}: {D}y\n" FIELD, NULL }
};

static const struct row field[] = {
	{ "blank-colon", "{N} : {V}\n", NULL },
	{ "tab-colon", "{N}\t:{V}\n", NULL },
	{ "blanks-colon", "{N}    : {V}\n", NULL },
	{ "no-blank", "{N}:{V}\n", NULL },
	{ "tab", "{N}:\t\t{V}\n", NULL },
	{ "upper", "{upper:{N}}: {V}\n", NULL },
	{ "lower", "{lower:{N}}: {V}\n", NULL },
	{ "fold", "{N}:\n {V}\n", NULL },
	{ "fold-twice", "{N}:\n \n\t{V}\n", NULL },
	{ "fold-blank-line", "{N}: \n\t \n {V}\n", NULL },
	{ "fold-after", "{N}: {V}\n \n", NULL },
	{ "fold-colon", "{N}\n : {V}\n", NULL },
	{ "nul-colon", "{N}{x:00}: {V}\n", NULL },
	{ "nul-after-colon", "{N}:{x:00} {V}\n", NULL },
	{ "nul-value", "{N}: {x:00}{V}\n", NULL },
	{ "nul-end", "{N}: {V}{x:00}\n", NULL },
	{ "vertical-tab", "{N}:{x:0b}{V}\n", NULL },
	{ "form-feed", "{N}: {x:0c}{V}\n", NULL },
	{ "bare-cr", "X-Some: thing{cr}{N}: {V}\n", NULL },
	{ "bare-lf", "X-Some: thing{lf}{N}: {V}\n", NULL },
	{ "crcrlf", "{N}: {V}{cr}\n", NULL },
	{ "lfcr", "X-Some: thing{lf}{cr}{N}: {V}\n", NULL },
	{ "cr-inside", "{N}:{cr} {V}\n", NULL },
	{ "two-colons", "{N}:: {V}\n", NULL },
	{ "comment", "{N}: (a (b) \\) c) {V}\n", NULL }
};

static const struct row before[] = {
	{ "no-colon", "this is no field\n" FIELD, NULL },
	{ "one-word", "word\n" FIELD, NULL },
	{ "colon", ":\n" FIELD, NULL },
	{ "no-name", ": thing\n" FIELD, NULL },
	{ "from", "From ann Tue Nov 24 10:00:00 2026\n" FIELD, NULL },
	{ "quoted-from", ">From ann Tue Nov 24 10:00:00 2026\n" FIELD, NULL },
	{ "blank", " \n" FIELD, NULL },
	{ "tab", "\t\n" FIELD, NULL },
	{ "blank-fold", "X-Some: thing\n \n \n" FIELD, NULL },
	{ "nul", "{x:00}\n" FIELD, NULL },
	{ "cr", "{cr}\n" FIELD, NULL },
	{ "eight", "X-{x:c3a9}t{x:e9}: thing\n" FIELD, NULL },
	{ "blank-name", "Some thing: here\n" FIELD, NULL },
	{ "control", "X{x:01}: thing\n" FIELD, NULL },
	{ "long", "X-Long: {rep 20000:x}\n" FIELD, NULL },
	{ "long-name", "X-{rep 5000:x}: y\n" FIELD, NULL },
	{ "long-fold", "X-Long: a{rep 500:\n b}\n" FIELD, NULL },
	{ "fields", "{rep 1000:X-Some: thing\n}" FIELD, NULL },
	{ "comment", "X-Some: (\n" FIELD, NULL },
	{ "quote", "X-Some: \"thing\n" FIELD, NULL },
	{ "dashes", "--\n" FIELD, NULL },
	{ "delimiter", "--{c}\n" FIELD, NULL },
	{ "same-no-colon", "{N}\n" FIELD, NULL },
	{ "dot", ".\n" FIELD, NULL },
	{ "half", "{<:{N}}\n" FIELD, NULL }
};

static const struct row first[] = {
	{ "leading-blank", " " FIELD, NULL },
	{ "leading-tab", "\t" FIELD, NULL },
	{ "empty-line", "\n" FIELD, NULL },
	{ "empty-lines", "\n\n\n" FIELD, NULL },
	{ "blank-line", " \n" FIELD, NULL },
	{ "from", "From ann Tue Nov 24 10:00:00 2026\n" FIELD, NULL },
	{ "quoted-from", ">From ann Tue Nov 24 10:00:00 2026\n" FIELD, NULL },
	{ "no-colon", "word\n" FIELD, NULL },
	{ "colon", ":\n" FIELD, NULL },
	{ "byte-order-mark", "{x:efbbbf}X-Some: thing\n" FIELD, NULL }
};

static const struct row long_head[] = {
	{ "megabyte", "X-Long: {rep 950000:x}\n" FIELD, NULL }
};

static const struct row version[] = {
	{ "none", MIXED PARTS, NULL },
	{ "2", "MIME-Version: 2.0\n" MIXED PARTS, NULL },
	{ "comment", "MIME-Version: (a)1.(b)0\n" MIXED PARTS, NULL },
	{ "empty", "MIME-Version:\n" MIXED PARTS, NULL },
	{ "twice", VERSION1 VERSION1 MIXED PARTS, NULL }
};

/* Where a head ends. */
static const struct row head_end[] = {
	{ "missing", "\n{64:{p}}\n", NULL },
	{ "crs", "{cr}{cr}{64:{p}}\n", NULL },
	{ "lfs", "{lf}{lf}{64:{p}}\n", NULL },
	{ "lf-cr", "{lf}{cr}{lf}{64:{p}}\n", NULL },
	{ "crcrlf", "{cr}\n{cr}\n{64:{p}}\n", NULL },
	{ "blank-line", "\n \n{64:{p}}\n", NULL },
	{ "tab-line", "\n\t\n{64:{p}}\n", NULL },
	{ "nul-line", "\n{x:00}\n{64:{p}}\n", NULL },
	{ "empty-lines", "\n\n\n\n{64:{p}}\n", NULL }
};

/* --- transfer encodings --------------------------------------------------------- */

static const char CODING_VALUE[] = START NAMED "Content-Transfer-Encoding:{1}\n\n{64:{p}}\n" END;
static const struct row coding[] = {
	{ "comment", " base64 (x)", NULL },
	{ "comment-before", " (x) base64", NULL },
	{ "comment-touching", " base64(x)", NULL },
	{ "comment-decoy", " (7bit) base64", NULL },
	{ "quoted", " \"base64\"", NULL },
	{ "apostrophes", " 'base64'", NULL },
	{ "angles", " <base64>", NULL },
	{ "half-quote", " \"base64", NULL },
	{ "semicolon", " base64;", NULL },
	{ "parameter", " base64; x=y", NULL },
	{ "comma", " base64,", NULL },
	{ "semicolon-before", " ;base64", NULL },
	{ "dot", " base64.", NULL },
	{ "equals", "=base64", NULL },
	{ "junk-before", " x base64", NULL },
	{ "junk-after", " base64 x", NULL },
	{ "two-first", " base64 7bit", NULL },
	{ "two-last", " 7bit base64", NULL },
	{ "two-comma", " base64, 7bit", NULL },
	{ "suffix", " base64x", NULL },
	{ "prefix", " x-base64", NULL },
	{ "upper", " BASE64", NULL },
	{ "mixed-case", " bAsE64", NULL },
	{ "word-q", " =?us-ascii?Q?base64?=", NULL },
	{ "word-q-coded", " =?us-ascii?Q?{qp:base64}?=", NULL },
	{ "word-b", " =?us-ascii?B?{line64:base64}?=", NULL },
	{ "nul-after", " base64{x:00}", NULL },
	{ "nul-text", " base64{x:00}x", NULL },
	{ "nul-inside", " bas{x:00}e64", NULL },
	{ "eight-blank", "{x:a0}base64", NULL },
	{ "control", "{x:01}base64", NULL },
	{ "cr", " {cr}base64", NULL },
	{ "cr-after", " base64{cr}x", NULL },
	{ "fold-inside", " base\n 64", NULL },
	{ "blank-inside", " base 64", NULL },
	{ "fold-after", " base64\n x", NULL },
	{ "long", " base64{rep 3000: }", NULL },
	{ "long-before", " {rep 3000: }base64", NULL }
};
static const struct row no_coding[] = {
	{ "unknown", " x-unknown", NULL },
	{ "empty", "", NULL }
};

static const char QUOTED_VALUE[] = START NAMED
    "Content-Transfer-Encoding:{1}\n\n{qp 24:{p}}\n" END;
static const struct row quoted_coding[] = {
	{ "comment", " quoted-printable (x)", NULL },
	{ "quoted", " \"quoted-printable\"", NULL },
	{ "semicolon", " quoted-printable;", NULL },
	{ "parameter", " quoted-printable; x=y", NULL },
	{ "upper", " Quoted-Printable", NULL },
	{ "fold", "\n quoted-printable", NULL },
	{ "two", " quoted-printable base64", NULL },
	{ "suffix", " quoted-printablex", NULL },
	{ "word", " =?us-ascii?Q?quoted-printable?=", NULL },
	{ "nul", " quoted-printable{x:00}", NULL }
};

/* --- base64 and quoted-printable bodies ----------------------------------------- */

static const char BASE64[] = START NAMED "Content-Transfer-Encoding: base64\n\n{1}\n" END;
static const struct row base64_body[] = {
	{ "junk", "{junk:{64:{p}}}", NULL },
	{ "eight", "{<:{64:{p}}}{x:e9ff80}{>:{64:{p}}}", NULL },
	{ "nul", "{<:{64:{p}}}{x:0000}{>:{64:{p}}}", NULL },
	{ "padding-inside", "{wrap 72:{apart 40:{p}{p}{p}}}", NULL },
	{ "padded-pieces", "{apart 4:{p}}", NULL },
	{ "padded-bytes", "{wrap 64:{apart 1:{p}}}", NULL },
	{ "padded-pairs", "{wrap 60:{apart 2:{p}}}", NULL },
	{ "padded-lines", "{wrap 24:{apart 16:{p}{p}{p}}}", NULL },
	{ "data-after", "{64:some text.}\n{64:{p}}", NULL },
	{ "data-after-one", "{64:some tex}\n{64:{p}}", NULL },
	{ "data-after-junk", "{64:some tex}\n\n\n \n{64:{p}}", NULL },
	{ "ends-at-padding", "{64:{p}x}\n{64:some more}", NULL },
	{ "padding-first", "=\n{64:{p}}", NULL },
	{ "padding-lines", "====\n{64:{p}}", NULL },
	{ "equals-lines", "{equals 12:{line64:{p}}}", NULL },
	{ "url-safe", "{url:{64:{x:fb6162}{p}{x:fbefbeffffff}}}", NULL },
	{ "url-safe-inside", "{url:{64:abc{x:fb6162}{p}{x:fbefbeffffff}}}", NULL },
	{ "no-padding", "{nopad:{64:{p}x}}", NULL },
	{ "no-padding-two", "{nopad:{64:{p}xx}}", NULL },
	{ "one-padding", "{nopad:{64:{p}xx}}=", NULL },
	{ "more-padding", "{64:{p}}======", NULL },
	{ "one-more", "{64:{p}}\nA", NULL },
	{ "width-1", "{wrap 1:{line64:{p}}}", NULL },
	{ "width-2", "{wrap 2:{line64:{p}}}", NULL },
	{ "width-3", "{wrap 3:{line64:{p}}}", NULL },
	{ "width-5", "{wrap 5:{line64:{p}}}", NULL },
	{ "width-7", "{wrap 7:{line64:{p}{p}}}", NULL },
	{ "width-61", "{wrap 61:{line64:{p}{p}{p}}}", NULL },
	{ "width-77", "{wrap 77:{line64:{p}{p}{p}}}", NULL },
	{ "one-line", "{line64:{rep 30000:abc}{p}}", NULL },
	{ "blank-lines", "\n\n{<:{64:{p}}}\n\n \n{>:{64:{p}}}", NULL },
	{ "leading-blanks", "   {<:{64:{p}}}\n\t{>:{64:{p}}}", NULL },
	{ "trailing-blanks", "{<:{64:{p}}}  \n{>:{64:{p}}}\t\n", NULL },
	{ "quoted", "> {<:{64:{p}}}\n> {>:{64:{p}}}", NULL },
	{ "bare-cr", "{<:{64:{p}}}{cr}{>:{64:{p}}}{cr}", NULL },
	{ "crcrlf", "{<:{64:{p}}}{cr}\n{>:{64:{p}}}{cr}\n", NULL },
	{ "text-before", "Dear all,\n\n{64:{p}}", NULL },
	{ "field-before", "X-Some: header\n\n{64:{p}}", NULL },
	{ "field-inside", "{<:{64:{p}{p}}}\n{>:{64:{p}{p}}}\nX-Foo: bar\n", NULL },
	{ "text-after", "{64:{p}}\n\n-- \nthe list\n", NULL },
	{ "comment", "(x)\n{64:{p}}", NULL },
	{ "zeros", "{64:{rep 3000:{x:00}}{p}}", NULL }
};

static const char QUOTED[] = START NAMED
    "Content-Transfer-Encoding: quoted-printable\n\n{1}\n" END;
static const struct row quoted_body[] = {
	{ "all", "{qp 24:{p}}", NULL },
	{ "lower", "{lower:{qp 20:{p}}}", NULL },
	{ "long-line", "{qp:{rep 1000:a}{p}}", NULL },
	{ "soft", "{<:{p}}=\n{>:{p}}", NULL },
	{ "soft-blanks", "{<:{p}}= \t \n{>:{p}}", NULL },
	{ "soft-lf", "{<:{p}}={lf}{>:{p}}", NULL },
	{ "soft-crcrlf", "{<:{p}}={cr}\n{>:{p}}", NULL },
	{ "soft-cr", "{<:{p}}={cr}{>:{p}}", NULL },
	{ "soft-nul", "{qp:{<:{p}}}={x:00}\n{qp:{>:{p}}}", NULL },
	{ "soft-end", "{qp:{p}}=", NULL },
	{ "illegal", "=ZZ{qp:{p}}=G1", NULL },
	{ "illegal-lower", "=zz=\n{qp:{p}}", NULL },
	{ "equals", "=={qp:{p}}==", NULL },
	{ "equals-text", "= x {qp:{p}} =", NULL },
	{ "half", "=4 {qp:{p}}=4", NULL },
	{ "eight", "{x:e9}{qp:{p}}{x:ff}", NULL },
	{ "nul", "{x:00}{qp:{p}}{x:00}", NULL },
	{ "lines", "some text =\n  {qp:{p}}   \n", NULL }
};

/* --- files in a text: uuencode, yEnc, BinHex ------------------------------------- */

static const char TEXT_TOP[] = ENVELOPE "\nsome text\n{1}";
static const char TEXT_PART[] = START "Content-Type: text/plain; charset=us-ascii\n\n{1}" END;
static const char OCTET_PART[] = START "Content-Type: application/octet-stream\n\n{1}" END;
static const char UU_PART[] = START "Content-Type: application/octet-stream\n"
    "Content-Transfer-Encoding: {2}\n\n{1}" END;

#define UU "begin 644 {n}\n{uu:{p}}`\nend\n"
static const struct row in_text[] = {
	{ "uu", UU, NULL },
	{ "uu-blank", "begin 644 {n}\n{uublank:{p}} \nend\n", NULL },
	{ "uu-no-zero", "begin 644 {n}\n{uu:{p}}end\n", NULL },
	{ "uu-no-end", "begin 644 {n}\n{uu:{p}}", NULL },
	{ "uu-text-around", "Hello.\n\n" UU "\n\nand more\n", NULL },
	{ "uu-text-touching", "Hello.\n" UU "and more\n", NULL },
	{ "uu-second", "begin 644 a.txt\n{uu:some text}`\nend\n\n" UU, NULL },
	{ "uu-second-no-end", "begin 644 a.txt\n{uu:some text}`\n" UU, NULL },
	{ "uu-false-begin", "begin 644 no such\nthing here at all\n" UU, NULL },
	{ "uu-short-lines", "begin 644 {n}\n{uu 5:{p}}`\nend\n", NULL },
	{ "uu-long-lines", "begin 644 {n}\n{uu 60:{p}{p}}`\nend\n", NULL },
	{ "uu-mode-4", "begin 0644 {n}\n{uu:{p}}`\nend\n", NULL },
	{ "uu-mode-6", "begin 100644 {n}\n{uu:{p}}`\nend\n", NULL },
	{ "uu-blanks", "begin  644  {n}\n{uu:{p}}`\nend\n", NULL },
	{ "uu-name-blanks", "begin 644 my own {n}\n{uu:{p}}`\nend\n", NULL },
	{ "uu-path", "begin 644 ../a/{n}\n{uu:{p}}`\nend\n", NULL },
	{ "uu-trailing-blank", "begin 644 {n} \n{uu:{p}}`\nend \n", NULL },
	{ "begin-base64", "begin-base64 644 {n}\n{64:{p}}\n====\n", NULL },
	{ "begin-base64-no-end", "begin-base64 644 {n}\n{64 60:{p}}\n", NULL },
	{ "yenc", "=ybegin line=128 size={size:{p}} name={n}\n{yenc:{p}}=yend size={size:{p}}\n",
	    NULL },
	{ "yenc-part", "=ybegin part=1 total=1 line=128 size={size:{p}} name={n}\n"
	    "=ypart begin=1 end={size:{p}}\n{yenc:{p}}=yend size={size:{p}} part=1\n", NULL },
	{ "yenc-no-end", "=ybegin line=128 size={size:{p}} name={n}\n{yenc:{p}}", NULL },
	{ "calendar", "BEGIN:VCALENDAR\nATTACH;ENCODING=BASE64;VALUE=BINARY;X-FILENAME={n}:"
	    "{64 0:{p}}\nEND:VCALENDAR\n", NULL },
	{ "card", "BEGIN:VCARD\nPHOTO;BASE64;X-FILENAME={n}:\n{64:{p}}\n\nEND:VCARD\n", NULL },
	{ "binhex", "(This file must be converted with BinHex 4.0)\n\n{binhex:{p}}", NULL },
	{ "binhex-text", "Hello.\n\n(This file must be converted with BinHex 4.0)\n"
	    "{binhex:{p}}\nand more\n", NULL }
};

static const struct row uu_coding[] = {
	{ "x-uuencode", UU, "x-uuencode" },
	{ "uuencode", UU, "uuencode" },
	{ "x-uue", UU, "x-uue" },
	{ "upper", UU, "X-UUENCODE" },
	{ "text-before", "Hello.\n\n" UU, "x-uuencode" },
	{ "no-end", "begin 644 {n}\n{uu:{p}}", "x-uuencode" },
	{ "unknown", UU, "x-unknown" }
};

static const struct row text_in[] = {
	{ "quoted", "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n"
	    "{qp 24:begin 644 {n}\n{uu:{p}}`\nend\n}\n", NULL },
	{ "base64", "Content-Type: text/plain\n"
	    "Content-Transfer-Encoding: base64\n\n{64:" UU "}\n", NULL },
	{ "html", "Content-Type: text/html\n\n<pre>\n" UU "</pre>\n", NULL },
	{ "message", "Content-Type: message/rfc822\n\nSubject: x\n\n" UU, NULL },
	{ "no-type", "\n" UU, NULL },
	{ "binhex-type", "Content-Type: application/mac-binhex40\n\n"
	    "(This file must be converted with BinHex 4.0)\n\n{binhex:{p}}", NULL },
	{ "binhex-bare", "Content-Type: application/mac-binhex40; name=a.hqx\n\n"
	    "{binhex:{p}}", NULL },
	{ "binhex-base64", "Content-Type: application/mac-binhex40\n"
	    "Content-Transfer-Encoding: base64\n\n{64:"
	    "(This file must be converted with BinHex 4.0)\n\n{binhex:{p}}}\n", NULL }
};

/* --- composites --------------------------------------------------------------------- */

static const char WHOLE[] = ENVELOPE VERSION1 "{1}";
static const char PART[] = START "{1}" END;

#define INNER "Subject: inner\n" VERSION1 "Content-Type: multipart/mixed; boundary=\"{B}\"\n\n" \
	"--{B}\n{file}--{B}--\n"
static const struct row encoded[] = {
	{ "multipart-base64", MIXED "Content-Transfer-Encoding: base64\n\n{64:" PARTS "}\n", NULL },
	{ "multipart-quoted", MIXED "Content-Transfer-Encoding: quoted-printable\n\n"
	    "{qp 24:" PARTS "}\n", NULL },
	{ "multipart-literal", MIXED "Content-Transfer-Encoding: base64\n" PARTS, NULL },
	{ "multipart-literal-quoted", MIXED "Content-Transfer-Encoding: quoted-printable\n" PARTS,
	    NULL },
	{ "multipart-unknown", MIXED "Content-Transfer-Encoding: x-unknown\n" PARTS, NULL },
	{ "message", "Content-Type: message/rfc822\n\n" INNER, NULL },
	{ "message-base64", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
	    "{64:" INNER "}\n", NULL },
	{ "message-quoted", "Content-Type: message/rfc822\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n{qp 24:" INNER "}\n", NULL },
	{ "message-literal", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
	    INNER, NULL },
	{ "message-literal-quoted", "Content-Type: message/rfc822\n"
	    "Content-Transfer-Encoding: quoted-printable\n\nSubject: inner\n" NAMED
	    "Content-Transfer-Encoding: base64\n\n{64:{p}{p}}\n", NULL }
};

static const struct row composite[] = {
	{ "multipart-base64", "Content-Type: multipart/mixed; boundary={B}\n"
	    "Content-Transfer-Encoding: base64\n\n{64:--{B}\n{file}--{B}--\n}\n", NULL },
	{ "multipart-base64-twice", "Content-Type: multipart/mixed; boundary={B}\n"
	    "Content-Transfer-Encoding: base64\n\n{64:--{B}\n"
	    "Content-Type: multipart/mixed; boundary={c}\nContent-Transfer-Encoding: base64\n\n"
	    "{64:--{c}\n{file}--{c}--\n}\n--{B}--\n}\n", NULL },
	{ "message", "Content-Type: message/rfc822\n\n" INNER, NULL },
	{ "message-base64", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
	    "{64:" INNER "}\n", NULL },
	{ "message-base64-twice", "Content-Type: message/rfc822\n"
	    "Content-Transfer-Encoding: base64\n\n{64:" VERSION1 "Content-Type: message/rfc822\n"
	    "Content-Transfer-Encoding: base64\n\n{64:" INNER "}\n}\n", NULL },
	{ "message-attached", "Content-Type: message/rfc822; name=x.eml\n"
	    "Content-Disposition: attachment; filename=x.eml\n\n" INNER, NULL },
	{ "message-from", "Content-Type: message/rfc822\n\n"
	    "From ann Tue Nov 24 10:00:00 2026\n" INNER, NULL },
	{ "message-empty-line", "Content-Type: message/rfc822\n\n\n" INNER, NULL },
	{ "message-case", "Content-Type: Message/RFC822\n\n" INNER, NULL },
	{ "message-uu", "Content-Type: message/rfc822\nContent-Transfer-Encoding: x-uuencode\n\n"
	    "begin 644 x\n{uu:" INNER "}`\nend\n", NULL },
	{ "global", "Content-Type: message/global\n\n" INNER, NULL },
	{ "news", "Content-Type: message/news\n\n" INNER, NULL },
	{ "unknown-message", "Content-Type: message/x-{word}\n\n" INNER, NULL },
	{ "digest", "Content-Type: multipart/digest; boundary={c}\n\n--{c}\n\n" INNER "--{c}--\n",
	    NULL },
	{ "external-body", "Content-Type: message/external-body; access-type=x\n\n{file}", NULL },
	{ "external-body-base64", "Content-Type: message/external-body; access-type=x\n"
	    "Content-Transfer-Encoding: base64\n\n{64:{file}}\n", NULL },
	{ "partial", "Content-Type: message/partial; id=\"{word}\"; number=1; total=1\n\n" INNER,
	    NULL },
	{ "delivery-status", "Content-Type: message/delivery-status\n"
	    "Content-Transfer-Encoding: base64\n\n{64:{p}}\n", NULL },
	{ "disposition-notification", "Content-Type: message/disposition-notification\n"
	    "Content-Transfer-Encoding: base64\n\n{64:{p}}\n", NULL },
	{ "headers", "Content-Type: text/rfc822-headers\n\n" INNER, NULL },
	{ "headers-base64", "Content-Type: text/rfc822-headers\n"
	    "Content-Transfer-Encoding: base64\n\n{64:{p}}\n", NULL },
	{ "alternative-first", "Content-Type: multipart/alternative; boundary={B}\n\n--{B}\n{file}"
	    "--{B}\n" HELLO "--{B}--\n", NULL },
	{ "related-extra", "Content-Type: multipart/related; boundary={B}; start=\"<a>\"\n\n--{B}\n"
	    "Content-ID: <a>\n" HELLO "--{B}\n{file}--{B}--\n", NULL },
	{ "appledouble", "Content-Type: multipart/appledouble; boundary={B}\n\n--{B}\n"
	    "Content-Type: application/applefile\n\nx\n--{B}\n{file}--{B}--\n", NULL },
	{ "text-named", "Content-Type: text/plain; name={n}\nContent-Transfer-Encoding: base64\n\n"
	    "{64:{p}}\n", NULL },
	{ "no-fields", "Content-Transfer-Encoding: base64\n\n{64:{p}}\n", NULL },
	{ "type-twice-first", "Content-Type: message/rfc822\nContent-Type: text/plain\n\n" INNER,
	    NULL },
	{ "type-twice-last", "Content-Type: text/plain\nContent-Type: message/rfc822\n\n" INNER,
	    NULL }
};

static const char BOUNCE[] = ENVELOPE "\nHi. This is the mail program at example.org.\n"
    "I wasn't able to deliver your message.\n\n{1}\n\nReturn-Path: <ann@example.org>\n"
    "From: ann@example.org\n" INNER;
static const struct row bounce[] = {
	{ "below", "--- Below this line is a copy of the message.", NULL },
	{ "headers", "------ This is a copy of the message, including all the headers. ------",
	    NULL }
};

static const char CARRIER[] = START "Content-Type: {1}\nContent-Transfer-Encoding: base64\n\n"
    "{64:{2}}\n" END;
static const struct row carrier[] = {
	{ "tnef", "application/ms-tnef; name=winmail.dat", "{tnef:{p}}" },
	{ "tnef-octets", "application/octet-stream; name=winmail.dat", "{tnef:{p}}" },
	{ "tnef-vnd", "application/vnd.ms-tnef", "{tneflong:{p}}" },
	{ "tnef-long", "application/ms-tnef; name=winmail.dat", "{tneflong:{p}}" },
	{ "tnef-mapi", "application/ms-tnef; name=winmail.dat", "{tnefmapi:{p}}" },
	{ "tnef-tnef", "application/ms-tnef", "{tnef:{tnefmapi:{p}}}" }
};
static const struct row signed_data[] = {
	{ "cms", "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
	    "{der:{file}}" },
	{ "cms-ber", "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
	    "{ber:{file}}" },
	{ "cms-x", "application/x-pkcs7-mime", "{ber:{file}}" },
	{ "cms-name", "application/octet-stream; name=smime.p7m", "{der:{file}}" },
	{ "cms-twice", "application/pkcs7-mime", "{der:Content-Type: application/pkcs7-mime\n"
	    "Content-Transfer-Encoding: base64\n\n{64:{ber:{file}}}\n}" }
};

static const char HTML[] = START "Content-Type: text/html\n\n<html><body>{1}</body></html>\n" END;
#define DATA64 "data:application/octet-stream;base64,"
static const struct row html[] = {
	{ "base64", "<a download=\"{n}\" href=\"" DATA64 "{line64:{p}}\">x</a>", NULL },
	{ "apostrophes", "<a href='" DATA64 "{line64:{p}}'>x</a>", NULL },
	{ "plain", "<a href=" DATA64 "{line64:{p}}>x</a>", NULL },
	{ "percent", "<a href=\"data:application/octet-stream,{pct:{p}}\">x</a>", NULL },
	{ "no-type", "<a href=\"data:;base64,{line64:{p}}\">x</a>", NULL },
	{ "upper", "<a href=\"DATA:text/plain;charset=utf-8;BASE64,{line64:{p}}\">x</a>", NULL },
	{ "lines", "<a href=\"" DATA64 "\n{64 20:{p}}\">x</a>", NULL },
	{ "percent-base64", "<a href=\"" DATA64 "{pct:{line64:{p}}}\">x</a>", NULL },
	{ "style", "<p style=\"background:url(" DATA64 "{line64:{p}})\">x</p>", NULL },
	{ "script", "<script>var x = \"" DATA64 "{line64:{p}}\";</script>", NULL }
};
static const struct row html_in[] = {
	{ "quoted", "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n"
	    "{qp 24:<a href=\"" DATA64 "{line64:{p}}\">x</a>}\n", NULL },
	{ "base64", "Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n"
	    "{64:<a href=\"" DATA64 "{line64:{p}}\">x</a>}\n", NULL },
	{ "svg", "Content-Type: image/svg+xml\n\n<svg><image href=\"" DATA64
	    "{line64:{p}}\"/></svg>\n", NULL }
};

/* --- several devices in one message --------------------------------------------- */

#define TYPE ENVELOPE VERSION1 "Content-Type: {type}\n\n--{delimiter}\n" HELLO \
	"--{delimiter}\n"
#define TYPE_END "\n--{delimiter}--\n"
static const char MANY[] = "{1}";
static const struct row many[] = {
	{ "type-coding", TYPE NAMED "Content-Transfer-Encoding:{coding}\n\n{64:{p}}" TYPE_END, NULL },
	{ "type-body", TYPE NAMED "Content-Transfer-Encoding: base64\n\n{body}" TYPE_END, NULL },
	{ "coding-body", START NAMED "Content-Transfer-Encoding:{coding}\n\n{body}\n" END, NULL },
	{ "type-coding-body", TYPE NAMED "Content-Transfer-Encoding:{coding}\n\n{body}" TYPE_END,
	    NULL },
	{ "twice-type-coding", ENVELOPE VERSION1 "Content-Type: text/plain\n"
	    "Content-Type: {type}\n\n--{delimiter}\n" NAMED
	    "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding:{coding}\n\n{64:{p}}"
	    TYPE_END, NULL },
	{ "twice-coding-body", START NAMED "Content-Transfer-Encoding:{coding}\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n{body}\n" END, NULL },
	{ "type-text", TYPE "Content-Type: text/plain\n\n" UU TYPE_END, NULL },
	{ "type-coding-text", TYPE "Content-Type: text/plain\nContent-Transfer-Encoding:{coding}\n"
	    "\n{64:" UU "}" TYPE_END, NULL },
	{ "type-message", TYPE "Content-Type: message/rfc822\nContent-Transfer-Encoding:{coding}\n"
	    "\n{64:" INNER "}" TYPE_END, NULL },
	{ "type-carrier", TYPE "Content-Type: application/ms-tnef\n"
	    "Content-Transfer-Encoding:{coding}\n\n{64:{tnef:{p}}}" TYPE_END, NULL },
	{ "preamble", ENVELOPE VERSION1 "Content-Type: {type}\n\n" NAMED
	    "Content-Transfer-Encoding:{coding}\n\n{64:{p}}\n--{delimiter}\n" HELLO TYPE_END, NULL },
	{ "epilogue", TYPE HELLO TYPE_END NAMED "Content-Transfer-Encoding:{coding}\n\n"
	    "{64:{p}}\n", NULL }
};

/* --- line ends: a group for each ------------------------------------------------ */

static const struct row plain[] = {
	{ "parts", MIXED PARTS, NULL },
	{ "alone", NAMED CODED, NULL },
	{ "message", "Content-Type: message/rfc822\n\n" INNER, NULL }
};
static const struct row mixed_ends[] = {
	{ "head-lf", "X-Some: thing{lf}Content-Type: multipart/mixed; boundary={b}{lf}{lf}"
	    "--{b}\n" HELLO "--{b}\n{file}" END, NULL },
	{ "body-lf", MIXED "\n--{b}{lf}Content-Type: text/plain{lf}{lf}hello{lf}--{b}{lf}"
	    "Content-Transfer-Encoding: base64{lf}{lf}{64:{p}}{lf}--{b}--{lf}", NULL },
	{ "body-cr", MIXED "\n--{b}{cr}Content-Type: text/plain{cr}{cr}hello{cr}--{b}{cr}"
	    "Content-Transfer-Encoding: base64{cr}{cr}{64:{p}}{cr}--{b}--{cr}", NULL },
	{ "lines", MIXED "\n--{b}{lf}" HELLO "--{b}{cr}\n" NAMED
	    "Content-Transfer-Encoding: base64{lf}\n{64:{p}}\n" END, NULL }
};

/* --- names --------------------------------------------------------------------- */

static const char NAME_PART[] = START "{1}Content-Transfer-Encoding: base64\n\neA==\n" END;
#define OCTETS "Content-Type: application/octet-stream\n"
#define ATTACHED OCTETS "Content-Disposition: attachment"
static const struct row naming[] = {
	{ "filename", ATTACHED "; filename=\"{n}\"\n", NULL },
	{ "plain", ATTACHED "; filename={n}\n", NULL },
	{ "name", "Content-Type: application/octet-stream; name=\"{n}\"\n", NULL },
	{ "filename-of-type", "Content-Type: application/octet-stream; filename=\"{n}\"\n", NULL },
	{ "name-of-disposition", ATTACHED "; name=\"{n}\"\n", NULL },
	{ "name-or-filename", "Content-Type: text/plain; name={n}\n"
	    "Content-Disposition: attachment; filename=a.txt\n", NULL },
	{ "filename-or-name", "Content-Type: text/plain; name=a.txt\n"
	    "Content-Disposition: attachment; filename={n}\n", NULL },
	{ "twice-first", ATTACHED "; filename={n}; filename=a.txt\n", NULL },
	{ "twice-last", ATTACHED "; filename=a.txt; filename={n}\n", NULL },
	{ "extended", ATTACHED "; filename*=utf-8''{pct:{n}}\n", NULL },
	{ "extended-half", ATTACHED "; filename*=iso-8859-1'de'{<:{n}}{pct:{>:{n}}}\n", NULL },
	{ "extended-empty", ATTACHED "; filename*=''{n}\n", NULL },
	{ "extended-quoted", ATTACHED "; filename*=\"utf-8''{pct:{n}}\"\n", NULL },
	{ "extended-no-charset", ATTACHED "; filename*={pct:{n}}\n", NULL },
	{ "extended-or-plain", ATTACHED "; filename=a.txt; filename*=utf-8''{n}\n", NULL },
	{ "plain-or-extended", ATTACHED "; filename*=utf-8''a.txt; filename={n}\n", NULL },
	{ "extended-name", "Content-Type: x/y; name*=utf-8''{pct:{n}}\n", NULL },
	{ "pieces", ATTACHED "; filename*0=\"{<:{n}}\"; filename*1=\"{>:{n}}\"\n", NULL },
	{ "pieces-turned", ATTACHED ";\n filename*1={>:{n}};\n filename*0={<:{n}}\n", NULL },
	{ "pieces-coded", ATTACHED "; filename*0*=utf-8''{pct:{<:{n}}}; filename*1*={pct:{>:{n}}}\n",
	    NULL },
	{ "pieces-mixed", ATTACHED "; filename*0*=utf-8''{pct:{<:{n}}}; filename*1={>:{n}}\n",
	    NULL },
	{ "pieces-mixed-last", ATTACHED "; filename*0={<:{n}}; filename*1*={pct:{>:{n}}}\n", NULL },
	{ "pieces-many", ATTACHED "{up:{n}}\n", NULL },
	{ "pieces-many-turned", ATTACHED "{down:{n}}\n", NULL },
	{ "pieces-or-plain", ATTACHED "; filename=a.txt; filename*0={<:{n}}; filename*1={>:{n}}\n",
	    NULL },
	{ "pieces-name", "Content-Type: x/y; name*0={<:{n}}; name*1={>:{n}}\n", NULL },
	{ "pieces-from-1", ATTACHED "; filename*1={<:{n}}; filename*2={>:{n}}\n", NULL },
	{ "pieces-zeros", ATTACHED "; filename*00={<:{n}}; filename*01={>:{n}}\n", NULL },
	{ "piece-alone", ATTACHED "; filename*0={n}\n", NULL },
	{ "pieces-word", ATTACHED "; filename*0=\"=?utf-8?Q?{qp:{<:{n}}}\";"
	    " filename*1=\"{qp:{>:{n}}}?=\"\n", NULL },
	{ "word-q", ATTACHED "; filename=\"=?utf-8?Q?{qp:{n}}?=\"\n", NULL },
	{ "word-b", ATTACHED "; filename=\"=?utf-8?B?{line64:{n}}?=\"\n", NULL },
	{ "word-lower", ATTACHED "; filename=\"=?UTF-8?q?{lower:{qp:{n}}}?=\"\n", NULL },
	{ "word-plain", ATTACHED "; filename==?utf-8?B?{nopad:{line64:{n}}}?=\n", NULL },
	{ "word-type", "Content-Type: x/y; name=\"=?iso-8859-1?Q?{qp:{n}}?=\"\n", NULL },
	{ "words", ATTACHED "; filename=\"=?utf-8?B?{line64:{<:{n}}}?= =?utf-8?B?{line64:{>:{n}}}?=\"\n",
	    NULL },
	{ "words-fold", ATTACHED "; filename="
	    "\"=?utf-8?Q?{qp:{<:{n}}}?=\n =?utf-8?B?{line64:{>:{n}}}?=\"\n",
	    NULL },
	{ "words-touching", ATTACHED "; filename="
	    "\"=?utf-8?B?{line64:{<:{n}}}?==?utf-8?B?{line64:{>:{n}}}?=\"\n",
	    NULL },
	{ "word-half", ATTACHED "; filename=\"{<:{n}}=?utf-8?Q?{qp:{>:{n}}}?=\"\n", NULL },
	{ "word-language", ATTACHED "; filename=\"=?utf-8*en?Q?{qp:{n}}?=\"\n", NULL },
	{ "word-unknown", ATTACHED "; filename=\"=?x-unknown?Q?{qp:{n}}?=\"\n", NULL },
	{ "word-blank", ATTACHED "; filename=\"=?utf-8?Q?a b {n}?=\"\n", NULL },
	{ "word-open", ATTACHED "; filename=\"=?utf-8?Q?{qp:{n}}?\"\n", NULL },
	{ "word-no-padding", ATTACHED "; filename=\"=?utf-8?B?{nopad:{line64:{n}x}}?=\"\n", NULL },
	{ "word-utf-16", ATTACHED "; filename=\"=?utf-16be?B?{line64:{u16:{n}}}?=\"\n", NULL },
	{ "word-utf-16-mark", ATTACHED "; filename=\"=?utf-16?B?{line64:{x:feff}{u16:{n}}}?=\"\n",
	    NULL },
	{ "word-utf-7", ATTACHED "; filename=\"=?utf-7?Q?{u7:{n}}?=\"\n", NULL },
	{ "word-2022", ATTACHED "; filename=\"=?iso-2022-jp?B?{line64:{x:1b2442}$\"{x:1b2842}{n}}?=\"\n",
	    NULL },
	{ "eight", ATTACHED "; filename=\"{x:c3a4e9}{n}\"\n", NULL },
	{ "eight-plain", ATTACHED "; filename={x:e4}{n}\n", NULL },
	{ "pair", ATTACHED "; filename=\"{<:{n}}\\{>:{n}}\"\n", NULL },
	{ "pairs", ATTACHED "; filename=\"a\\\"b\\\\{n}\"\n", NULL },
	{ "apostrophes", ATTACHED "; filename='{n}'\n", NULL },
	{ "blanks", ATTACHED "; filename=my own {n}\n", NULL },
	{ "blank-after", ATTACHED "; filename=\"{n} \"\n", NULL },
	{ "nul", ATTACHED "; filename=\"{n}{x:00}.txt\"\n", NULL },
	{ "nul-before", ATTACHED "; filename=\"{x:00}{n}\"\n", NULL },
	{ "fold", ATTACHED ";\n\tfilename=\"{n}\"\n", NULL },
	{ "fold-inside", ATTACHED "; filename=\"{<:{n}}\n {>:{n}}\"\n", NULL },
	{ "fold-equals", ATTACHED "; filename=\n \"{n}\"\n", NULL },
	{ "fold-first", OCTETS "Content-Disposition:\n attachment; filename={n}\n", NULL },
	{ "around-equals", ATTACHED "; filename = \"{n}\"\n", NULL },
	{ "comment", ATTACHED "; filename=(x)\"{n}\"(y)\n", NULL },
	{ "comment-plain", ATTACHED "; filename={n}(x)\n", NULL },
	{ "comment-inside", ATTACHED "; filename={<:{n}}(x){>:{n}}\n", NULL },
	{ "open-quote", ATTACHED "; filename=\"{n}\n", NULL },
	{ "open-quote-more", ATTACHED "; filename=\"{n}; size=4\n", NULL },
	{ "text-after", ATTACHED "; filename=\"{n}\"x\n", NULL },
	{ "strings", ATTACHED "; filename=\"{<:{n}}\"\"{>:{n}}\"\n", NULL },
	{ "no-disposition", OCTETS "Content-Disposition: filename={n}\n", NULL },
	{ "no-semicolon", ATTACHED " filename=\"{n}\"\n", NULL },
	{ "comma", ATTACHED ", filename=\"{n}\"\n", NULL },
	{ "semicolons", ATTACHED ";; filename=\"{n}\"\n", NULL },
	{ "broken-before", ATTACHED "; =; x; filename=\"{n}\"\n", NULL },
	{ "open-quote-before", ATTACHED "; x=\"y; filename={n}\n", NULL },
	{ "upper", OCTETS "CONTENT-DISPOSITION: ATTACHMENT; FILENAME=\"{n}\"\n", NULL },
	{ "path", ATTACHED "; filename=\"..\\..\\{n}\"\n", NULL },
	{ "slash", ATTACHED "; filename=\"/a/b/{n}\"\n", NULL },
	{ "long", ATTACHED "; filename=\"{rep 300:a}{n}\"\n", NULL },
	{ "override", ATTACHED "; filename=\"{x:e280ae}txt.{n}\"\n", NULL },
	{ "location", OCTETS "Content-Location: {n}\n", NULL },
	{ "location-url", OCTETS "Content-Location: http://example.org/a/{n}\n", NULL },
	{ "description", OCTETS "Content-Description: {n}\n", NULL },
	{ "description-word", OCTETS "Content-Description: =?utf-8?Q?{qp:{n}}?=\n", NULL },
	{ "message", "Content-Type: message/rfc822; name=\"{n}\"\n", NULL },
	{ "inline", OCTETS "Content-Disposition: inline; filename=\"{n}\"\n", NULL }
};

/* --- the groups ------------------------------------------------------------------ */

#define ROWS(list) list, sizeof list / sizeof list[0]
#define SIMPLE(class, frame, list) { class, frame, ROWS(list), "", "", "", false, NULL }
#define NAMES(class, frame, list) { class, frame, ROWS(list), "", "", "", true, NULL }
#define ENDS(class, eol) { class, WHOLE, ROWS(plain), "", "", "", false, eol }
#define OF_TYPE(class, frame, list) { class, frame, ROWS(list), "Content-Type", \
	"multipart/mixed; boundary=\"{b}\"", "text/plain; charset=us-ascii", false, NULL }
#define OF_BOUNDARY(class, frame, list) { class, frame, ROWS(list), "Content-Type", \
	"multipart/mixed; boundary=\"{b}\"", "multipart/mixed; boundary=\"{B}\"", false, NULL }
#define OF_CODING(class, frame, list) { class, frame, ROWS(list), \
	"Content-Transfer-Encoding", "base64", "7bit", false, NULL }
#define OF_CODING_QP(class, frame, list) { class, frame, ROWS(list), \
	"Content-Transfer-Encoding", "base64", "quoted-printable", false, NULL }
#define OF_NAME(class, frame, list) { class, frame, ROWS(list), "Content-Disposition", \
	"attachment; filename=\"{n}\"", "attachment; filename=\"a.txt\"", true, NULL }

static const struct group groups[] = {
	SIMPLE("boundary", BOUNDARY, boundary),
	SIMPLE("type", BOUNDARY, type),
	SIMPLE("delimiter", DELIMITER, delimiter),
	OF_TYPE("twice-type", TYPE_TOP, twice),
	OF_BOUNDARY("twice-boundary", TYPE_TOP, twice),
	OF_CODING("twice-coding", CODING, twice),
	OF_CODING_QP("twice-coding-quoted", CODING, twice),
	OF_NAME("twice-name", DISPOSITION, twice),
	OF_TYPE("field-type", TYPE_TOP, field),
	OF_CODING("field-coding", CODING, field),
	OF_NAME("field-name", DISPOSITION, field),
	OF_TYPE("before-type", TYPE_TOP, before),
	OF_CODING("before-coding", CODING, before),
	OF_NAME("before-name", DISPOSITION, before),
	OF_TYPE("first-type", TYPE_FIRST, first),
	OF_CODING("first-coding", CODING_FIRST, first),
	OF_TYPE("long-head", TYPE_TOP, long_head),
	SIMPLE("version", ENVELOPE "{1}", version),
	SIMPLE("head-end", START NAMED "Content-Transfer-Encoding: base64{1}" END, head_end),
	SIMPLE("coding", CODING_VALUE, coding),
	SIMPLE("no-coding", CODING_VALUE, no_coding),
	SIMPLE("coding-quoted", QUOTED_VALUE, quoted_coding),
	SIMPLE("base64", BASE64, base64_body),
	SIMPLE("quoted", QUOTED, quoted_body),
	SIMPLE("text", TEXT_TOP, in_text),
	SIMPLE("text-part", TEXT_PART, in_text),
	SIMPLE("octets", OCTET_PART, in_text),
	NAMES("text-name", TEXT_TOP, in_text),
	SIMPLE("text-coding", UU_PART, uu_coding),
	SIMPLE("text-in", PART, text_in),
	SIMPLE("encoded", WHOLE, encoded),
	SIMPLE("composite", PART, composite),
	SIMPLE("bounce", BOUNCE, bounce),
	SIMPLE("carrier", CARRIER, carrier),
	NAMES("carrier-name", CARRIER, carrier),
	SIMPLE("signed", CARRIER, signed_data),
	SIMPLE("html", HTML, html),
	SIMPLE("html-in", PART, html_in),
	SIMPLE("many-a", MANY, many),
	SIMPLE("many-b", MANY, many),
	SIMPLE("many-c", MANY, many),
	SIMPLE("many-d", MANY, many),
	SIMPLE("many-e", MANY, many),
	ENDS("ends-lf", "\n"),
	ENDS("ends-cr", "\r"),
	ENDS("ends-crcrlf", "\r\r\n"),
	SIMPLE("ends-mixed", WHOLE, mixed_ends),
	NAMES("name", NAME_PART, naming)
};

/* --- what a message can be put into; {m} is coded where it may be of any kind -------- */

static const struct {
	const char *what;
	const char *text;
	bool coded;
} wrappers[] = {
	{ "message", START "Content-Type: message/rfc822\n\n{m}\n" END, false },
	{ "message-base64", START "Content-Type: message/rfc822\n"
	    "Content-Transfer-Encoding: base64\n\n{64:{m}}\n" END, true },
	{ "message-twice", START "Content-Type: message/rfc822\n"
	    "Content-Transfer-Encoding: base64\n\n{64:Content-Type: message/rfc822\n"
	    "Content-Transfer-Encoding: base64\n\n{64:{m}}\n}\n" END, true },
	{ "message-quoted", START "Content-Type: message/rfc822\n"
	    "Content-Transfer-Encoding: quoted-printable\n\n{qp 24:{m}}\n" END, true },
	{ "boundary-last", ENVELOPE VERSION1 "Content-Type: multipart/mixed; boundary={B};\n"
	    " boundary={b}\n\n--{b}\nContent-Type: message/rfc822\n"
	    "Content-Transfer-Encoding: base64\n\n{64:{m}}\n" END, true },
	{ "type-last", ENVELOPE VERSION1 "Content-Type: text/plain\n" MIXED "\n--{b}\n"
	    "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{64:{m}}\n" END,
	    true },
	{ "coding-last", START "Content-Type: message/rfc822\nContent-Transfer-Encoding: 7bit\n"
	    "Content-Transfer-Encoding: base64\n\n{64:{m}}\n" END, true },
	{ "digest", ENVELOPE VERSION1 "Content-Type: multipart/digest; boundary={b}\n\n--{b}\n\n"
	    "{m}\n" END, false }
};

#endif
