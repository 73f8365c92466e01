/* SPDX-License-Identifier: ISC */
/* The longer vectors were made by openssl cms. */
#include "common/cms.h"
#include "tests/told.h"
#include "tests/unit/tap.h"

TOLD_RUN(cms, (void)0)

#define TELLS(in, want) \
	told_is(run, in, sizeof in - 1, want, sizeof want - 1)

/* Signed, as a stream: indefinite lengths, the content in pieces. */
static const char STREAM[] =
    "0\x80\x06\x09*\x86H\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02"
    "\x01\x01\x31\x0d\x30\x0b\x06\x09`\x86H\x01\x65\x03\x04\x02\x01\x30"
    "\x80\x06\x09*\x86H\x86\xf7\x0d\x01\x07\x01\xa0\x80$\x80\x04\x07hel"
    "lo\x0d\x0a\x00\x00\x00\x00\x00\x00\x31\x81\x8e\x30\x81\x8b\x02\x01"
    "\x01\x30$0\x0c\x31\x0a\x30\x08\x06\x03U\x04\x03\x0c\x01\x61\x02"
    "\x14\x1e\xcdr\xbf\xee\xbel\xd4\xef/\x98\xc3PZ\xd4\xae\x85\xc2\x34"
    "\x31\x30\x0b\x06\x09`\x86H\x01\x65\x03\x04\x02\x01\x30\x0a\x06\x08"
    "*\x86H\xce=\x04\x03\x02\x04G0E\x02 $\xbc\xae\x8e/@\xbf\xa6!\x15YIf"
    "\x8e\xa5\x13\xc9\x19\x8a\xea\xfe\x94S\x18\x06\x07\xee\x44W\x9c\x9a"
    "\x84\x02!\x00\xdb,\xb2\x9e\xeb#\x83\x19\x8d\x1b\xa4L)\xb7\xcdi8"
    "\xde\xbd\x64\xcf\x12\xbaR*\xb8[U\x22\xcb\xedW\x00\x00\x00\x00\x00"
    "\x00";

static const char DIGESTED[] =
    "0I\x06\x09*\x86H\x86\xf7\x0d\x01\x07\x05\xa0<0:\x02\x01\x00\x30"
    "\x07\x06\x05+\x0e\x03\x02\x1a\x30\x16\x06\x09*\x86H\x86\xf7\x0d"
    "\x01\x07\x01\xa0\x09\x04\x07hello\x0d\x0a\x04\x14\xaaY\x16\xae\x7f"
    "\xd1Y\xa1\x8b\x1br\xea\x90\x5cur\x07\xe2\x66\x89";

static const char ENCRYPTED[] =
    "0P\x06\x09*\x86H\x86\xf7\x0d\x01\x07\x06\xa0\x43\x30\x41\x02\x01"
    "\x00\x30<\x06\x09*\x86H\x86\xf7\x0d\x01\x07\x01\x30\x1d\x06\x09`"
    "\x86H\x01\x65\x03\x04\x01\x02\x04\x10\x8f#\x10\x9c\xc2\x07\x18\xbc"
    "\x33\xfa\xd8\xe2\x07\x8b&\x1e\x80\x10\x09\x31\xab\x10\x00\xb5l)o#"
    "\x9bp\xc2\xb4\xb7\xb3";

static const char PEM[] =
    "-----BEGIN CMS-----\n"
    "MIHMBgkqhkiG9w0BBwKggb4wgbsCAQExDTALBglghkgBZQMEAgEwFgYJKoZIhvcN\n"
    "AQcBoAkEB2hlbGxvDQoxgY4wgYsCAQEwJDAMMQowCAYDVQQDDAFhAhQezXK/7r5s\n"
    "1O8vmMNQWtSuhcI0MTALBglghkgBZQMEAgEwCgYIKoZIzj0EAwIERzBFAiA2FVTt\n"
    "vGuMC5tqaCUtQo5ZFXUV6ePs16phmna6ABu1EgIhAPLWm0F1WxWZI/Eg+DOL4x0A\n"
    "5iPNS40TuW9RWVVYaiup\n"
    "-----END CMS-----\n";

#define ID "\x06\x09*\x86H\x86\xf7\x0d\x01\x07"
#define ID_DATA ID "\x01"

static const char COMPRESSED[] = "0\x80\x06\x0b*\x86H\x86\xf7\x0d"
    "\x01\x09\x10\x01\x09\xa0\x80\x30\x80\x02\x01\x00\x30\x0d\x06"
    "\x0b*\x86H\x86\xf7\x0d\x01\x09\x10\x03\x08\x30\x80" ID_DATA
    "\xa0\x80\x24\x80\x04\x04zlib";

/* 'e': enveloped, 'c': compressed, 0: neither. */
static char
flag(const char *in, size_t n)
{
	struct told t;
	struct carried to = told_carried(&t);
	struct cms c;

	cms_start(&c, &to);
	cms_feed(&c, in, n);
	cms_end(&c);
	free(t.text);
	return c.enveloped ? 'e' : c.compressed ? 'c' : 0;
}
#define FLAG(in) flag(in, sizeof in - 1)

static void
contents(void)
{
	OK(TELLS(STREAM, "{hello\r\n}"));
	OK(FLAG(STREAM) == 0);
	OK(TELLS(DIGESTED, "{hello\r\n}"));
	OK(TELLS("0\x13" ID_DATA "\xa0\x06\x04\x04" "data", "{data}"));
	OK(TELLS("0\x82\0\x13" ID_DATA "\xa0\x81\x06\x04\x88"
	    "\0\0\0\0\0\0\0\x04" "data", "{data}"));
	OK(TELLS("0\x0b" ID_DATA, ""));
	OK(TELLS("0\x0f" ID_DATA "\xa0\x02\x04\x00", ""));
	/* an identifier's length, and tags, in more bytes than are needed */
	OK(TELLS("0\x14\x06\x81\x09*\x86H\x86\xf7\x0d\x01\x07\x01\xa0\x06\x04\x04"
	    "data", "{data}"));
	OK(TELLS("?\x10\x80\x1f\x80" ID_DATA "\xa0\x80?\x80\x04\x80\x1f\x04\x04"
	    "data", "{data}"));
	OK(TELLS("", ""));
	OK(TELLS("0\x13", ""));
}

static void
flags(void)
{
	OK(TELLS(ENCRYPTED, ""));
	OK(FLAG(ENCRYPTED) == 'e');
	OK(FLAG("0\x80" ID "\x03\xa0\x80") == 'e');
	OK(FLAG("0\x80\x06\x0b*\x86H\x86\xf7\x0d\x01\x09\x10\x01\x17\xa0\x80") == 'e');
	OK(FLAG("0\x80" ID) == 0);
	OK(FLAG("0\x80\x06\x0c*\x86H\x86\xf7\x0d\x01\x09\x10\x01\x17\x01\xa0\x80") == 0);
	OK(TELLS(COMPRESSED, "{zlib}"));
	OK(FLAG(COMPRESSED) == 'c');
}

/* Octets in octets, lengths that lie, ends that are missing or too many. */
static void
broken(void)
{
	OK(TELLS("0\x80" ID_DATA "\xa0\x80$\x80$\x80\x04\x02" "da\0\0$\x03\x04\x01t"
	    "\x04\x01" "a\x02\x01x\0\0\0\0\x04\x01x", "{data}"));
	OK(TELLS("0\x0f" ID_DATA "\xa0\x02\x04\x04" "data", "{data}"));
	OK(TELLS("0\x13" ID_DATA "\xa0\x06\x04\x7f" "data", "{data}"));
	OK(TELLS("0\x84\xff\xff\xff\xff" ID_DATA "\xa0\x8a\xff\xff\xff\xff\xff\xff"
	    "\xff\xff\xff\xff\x04\x04" "data", "{data}"));
	OK(TELLS("0\x80\0\0\0\0" "0\x80\x1f\x81\x01\x02xx" ID_DATA "\xa0\x80\x04\x04"
	    "data\x04\x02xy\0\0", "{data}{xy}"));
	/* behind something else, or in it: no content */
	OK(TELLS("0\x80" ID_DATA "\x02\x01\x01\xa0\x80\x04\x04" "data", ""));
	OK(TELLS("1\x80" ID_DATA "\xa0\x80\x04\x04" "data", ""));
	OK(TELLS("0\x80" ID_DATA "\xa0\x80\x31\x80\x04\x04" "data\0\0\x04\x01x", "{x}"));
}

/* n times 0x30 0x80 around a content of n times 0x24 0x80. */
static void
deep(void)
{
	static const size_t N[] = { 2, CMS_DEPTH - 1, CMS_DEPTH, CMS_DEPTH + 1, 900 };
	char in[4096];

	for (size_t i = 0; i < sizeof N / sizeof N[0]; i++) {
		size_t n = 0;

		for (size_t k = 0; k < 4; k++, n += 2)
			memcpy(in + n, "0\x80", 2);
		memcpy(in + n, ID_DATA "\xa0\x80", 13);
		n += 13;
		for (size_t k = 0; k < N[i]; k++, n += 2)
			memcpy(in + n, "$\x80", 2);
		memcpy(in + n, "\x04\x04" "da", 4);
		memcpy(in + n + 4, "ta\0\0\x04\x01x", 7);
		n += 11;
		for (size_t k = 1; k < N[i]; k++, n += 2)
			memcpy(in + n, "\0\0", 2);
		memcpy(in + n, "\x04\x01y", 3);
		OK(told_is(run, in, n + 3, "{datax}{y}", 10));
	}
}

static void
armoured(void)
{
	OK(TELLS(PEM, "{hello\r\n}"));
	OK(TELLS("0 of text\r\n\r\n-----BEGIN PKCS7-----\r"
	    "MBMGCSqGSIb3DQEHAaAGBARk\rYXRh\r"
	    "-----END PKCS7-----\r-----BEGIN PKCS7-----\r"
	    "MBMGCSqGSIb3DQEHAaAGBARkYXRh", "{data}{data}"));
	OK(TELLS(" -----BEGIN PKCS7-----\nMBMGCSqGSIb3DQEHAaAGBARkYXRh", ""));
	OK(TELLS("-----BEGIN", ""));
	OK(TELLS("-", ""));
	OK(TELLS("-----BEGIN CMS-----\nMBMGCSqGSIb3DQEHAaAGBARkYX", "{da}"));
}

int
main(void)
{
	contents();
	flags();
	broken();
	deep();
	armoured();
	return done();
}
