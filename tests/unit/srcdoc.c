/* SPDX-License-Identifier: ISC */
#include "common/srcdoc.h"
#include "tests/told.h"
#include "tests/unit/tap.h"

static bool restart;
TOLD_RUN(srcdoc, d.restart = restart)

#define TELLS(in, want) \
	told_is(run, in, sizeof in - 1, want, sizeof want - 1)

static void
values(void)
{
	restart = false;
	OK(TELLS("<iframe srcdoc=\"a > b\" x>", "{a > b}"));
	OK(TELLS("<iframe SrcDoc\n= \t'a\"b'>", "{a\"b}"));
	OK(TELLS("<iframe srcdoc=a&gt;b c>", "{a>b}"));
	OK(TELLS("<iframe srcdoc=a>b", "{a}"));
	OK(TELLS("\"srcdoc='a'srcdoc='b'", "{a}{b}"));
	OK(TELLS("<iframe srcdoc>='a' mysrcdoc='b' srcdocs='c' data-srcdoc='d'>", ""));
	OK(TELLS("srcdoc=\"\"", ""));
	OK(TELLS("srcdoc=>", ""));
	OK(TELLS("srcdoc='a", "{a}"));
	OK(TELLS("srcdoc=", ""));
}

static void
references(void)
{
	restart = false;
	OK(TELLS("srcdoc='&lt;&quot;&amp;#100;&#39;&apos;'", "{<\"&#100;''}"));
	OK(TELLS("srcdoc='&amp#100;&lt!&ltp&gt=&quot'", "{&#100;<!&ltp&gt=\"}"));
	OK(TELLS("srcdoc='&#x41;&#66&nosuch;&;&#;'", "{AB&nosuch;&;&#;}"));
	OK(TELLS("srcdoc=a&amp b", "{a&}"));
	OK(TELLS("srcdoc='&l", "{&l}"));
}

static void
nested(void)
{
	static const char IN[] = "srcdoc=\"a srcdoc='b'c\"d";
	static const char DECOY[] = "srcdoc=' srcdoc=\"b\"";

	restart = false;
	OK(TELLS(IN, "{a srcdoc='b'c}"));
	OK(TELLS(DECOY, "{ srcdoc=\"b\"}"));
	restart = true;
	OK(TELLS(IN, "{a srcdoc=}{b}"));
	OK(TELLS(DECOY, "{ srcdoc=}{b}"));
}

int
main(void)
{
	values();
	references();
	nested();
	return done();
}
