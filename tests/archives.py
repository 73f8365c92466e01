#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""archives.py DIR [small]: archives that tools do not make; small: without the bombs.

Built octet by octet as APPNOTE.TXT has it, so that each lie is the one meant.
"""
import bz2, gzip, io, os, struct, sys, tarfile, zipfile, zlib

os.chdir(sys.argv[1])


small = sys.argv[2:] == ['small']


def write(name, data):
    with open(name, 'wb') as f:
        f.write(data)


def local(name, data=b'', extra=b'', flags=0, method=0, packed=None, size=None, crc=None):
    body = data if packed is None else packed
    return struct.pack('<4sHHHHHIIIHH', b'PK\3\4', 20, flags, method, 0, 0,
                       zlib.crc32(data) if crc is None else crc,
                       len(body), len(data) if size is None else size,
                       len(name), len(extra)) + name + extra + body


def central(name, at=0, data=b'', extra=b'', flags=0, method=0, mode=0, packed=None, crc=None):
    n = len(data) if packed is None else packed
    return struct.pack('<4sHHHHHHIIIHHHHHII', b'PK\1\2', 0x314 if mode else 20, 20, flags, method,
                       0, 0, zlib.crc32(data) if crc is None else crc,
                       n, len(data), len(name), len(extra), 0, 0, 0, mode << 16, at) + name + extra


def end(n, size, at, disk=0, comment=b''):
    return struct.pack('<4sHHHHIIH', b'PK\5\6', disk, disk, n, n, size, at,
                       len(comment)) + comment


def zip_of(*members, **last):
    """Members are (name, data, {fields}); the fields are of both headers."""
    out, directory, at = [], [], 0
    for name, data, more in members:
        mode = more.pop('mode', 0)
        crc = zlib.crc32(data)
        directory.append(central(name, at, data, mode=mode, crc=crc,
                                 packed=len(more['packed']) if 'packed' in more else None,
                                 **{k: v for k, v in more.items()
                                    if k not in ('packed', 'size')}))
        out.append(local(name, data, crc=crc, **more))
        at += len(out[-1])
    directory = b''.join(directory)
    return b''.join(out) + directory + end(len(members), len(directory), at, **last)


MIB = 1 << 20
BLANK = bytes(MIB)


def compressor():
    return zlib.compressobj(9, zlib.DEFLATED, -15)


def flushed(data):
    c = compressor()
    return c.compress(data) + c.flush(zlib.Z_FULL_FLUSH)


ZEROS = flushed(BLANK)


def deflated(data):
    """A hundred megabytes of zeros are one, a hundred times."""
    whole = len(data) // MIB * MIB
    out = []
    for i in range(0, whole, MIB):
        part = data[i:i + MIB]
        out.append(ZEROS if part == BLANK else flushed(part))
    c = compressor()
    return b''.join(out) + c.compress(data[whole:]) + c.flush()


def gzipped(data):
    return b'\x1f\x8b\x08' + bytes(7) + deflated(data) + \
        struct.pack('<II', zlib.crc32(data), len(data))


def packed(name, data):
    return (name, data, {'method': 8, 'packed': deflated(data)})


def unicode_field(name):
    return struct.pack('<HHBI', 0x7075, 5 + len(name), 1, 0) + name


plain = zip_of((b'a.txt', b'text', {}))
program = b'MZ' + bytes(200)

# Names in one place alone.
write('unicode.zip', zip_of((b'a.txt', b'', {'extra': unicode_field(b'u.exe')})))
hidden = local(b'a.txt', b'text') + local(b'hidden.exe', b'x')
directory = central(b'a.txt', 0, b'text')
write('local-only.zip', hidden + directory + end(1, len(directory), len(hidden)))
write('front.zip', b'\xff\xd8\xff\xe0 a picture' + plain)
write('moved.zip', b'#!/bin/sh\n' + local(b'm.txt') + central(b'm.txt', 10) +
      end(1, 46 + 5, 10 + 30 + 5))
write('behind.zip', plain + b'x' * 100000)
write('between.zip', plain + b'junk' * 100 + zip_of((b'b.exe', b'', {})))
write('comment.zip', zip_of((b'a.txt', b'text', {}), comment=b'no PK\5\6 ' + bytes(30)))
write('cut.zip', zip_of((b'a.txt', b'text', {}), (b'b.exe', b'', {}))[:-40])
write('empty.zip', end(0, 0, 0))
# A size that is told later, and one that is a lie.
later = local(b'l.txt', b'', flags=8, method=8, packed=b'') + deflated(b'later') + \
    b'PK\7\10' + struct.pack('<III', zlib.crc32(b'later'), len(deflated(b'later')), 5)
after = local(b'after.exe')
directory = central(b'l.txt', 0, b'later', flags=8, method=8, packed=len(deflated(b'later')))
write('later.zip', later + after + directory + end(1, len(directory), len(later + after)))
lie = local(b'lie.txt', b'text', packed=b'')
lie = lie[:18] + struct.pack('<I', 1 << 31) + lie[22:] + after
directory = central(b'lie.txt', 0, b'text')
write('lie.zip', lie + directory + end(1, len(directory), len(lie)))
# zip64: its end record, and an entry's sizes.
field = struct.pack('<HHQQQ', 1, 24, 4, 4, 0)
entry = central(b'a.txt', 0xffffffff, b'text', field)
entry = entry[:20] + b'\xff' * 8 + entry[28:]
one = local(b'a.txt', b'text')
write('zip64.zip', b'front' + one + entry +
      struct.pack('<4sQHHIIQQQQ', b'PK\6\6', 44, 45, 45, 0, 0, 1, 1, len(entry), len(one)) +
      struct.pack('<4sIQI', b'PK\6\7', 0, len(one + entry), 1) +
      end(0xffff, 0xffffffff, 0xffffffff))
# What cannot be told, or not all.
write('encrypted.zip', zip_of((b'a.txt', b'secret', {'flags': 1})))
write('aes.zip', zip_of((b'a.txt', b'secret', {'method': 99})))
write('volume.zip', zip_of((b'a.txt', b'text', {}), disk=1))
write('first.zip', b'PK\7\10' + local(b'a.txt', b'text'))
write('single.zip', b'PK00' + local(b'a.txt', b'text') + central(b'a.txt', 4, b'text') +
      end(1, 46 + 5, 4 + 30 + 5 + 4))
write('nowhere.zip', local(b'a.txt') + central(b'a.txt', 7) + end(1, 51, 35))
write('missing.zip', local(b'a.txt') + central(b'a.txt', 0) + end(2, 51, 35))
write('deflate64.zip', zip_of((b'a.zip', b'x' * 99, {'method': 9, 'packed': deflated(b'x' * 99)})))
write('many.zip', zip_of(*[(b'%d.txt' % i, b'', {}) for i in range(10001)]))
write('most.zip', zip_of(*[(b'%d.txt' % i, b'', {}) for i in range(10000)]))
if not small:
    write('names.zip', zip_of(*[(b'%03d' % i + b'x' * 60000, b'', {}) for i in range(200)]))
write('long.zip', zip_of((b'x' * 65000 + b'.exe', b'', {})))
# Links.
LINK = 0o120777
for name, target in (('up', b'../../etc/cron.d/x'), ('root', b'/etc/passwd'),
                     ('good', b'lib/x.so.1'), ('program', b'a.exe')):
    write('link-%s.zip' % name, zip_of((b'l', target, {'mode': LINK})))
with tarfile.open('link.tar', 'w') as t:
    for name, kind, target in (('s', tarfile.SYMTYPE, '../x'), ('h', tarfile.LNKTYPE, '/etc/x')):
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, target
        t.addfile(info)


def tar_of(name, data):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w') as t:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        t.addfile(info, io.BytesIO(data))
    return out.getvalue()


# Archives in archives.
write('stored.zip', zip_of((b'i.zip', zip_of((b'a.exe', b'', {})), {})))
write('picture.zip', zip_of(packed(b'p.jpg', b'\xff\xd8' * 500 + zip_of(packed(b'a.exe', b'x')))))
write('tar.zip', zip_of(packed(b't.tgz', gzip.compress(tar_of('d/a.exe', b'x')))))
write('macro.zip', zip_of(packed(b'report.docx', zip_of((b'word/vbaProject.bin', b'x', {})))))
layers = b'text'
for pack in (gzip.compress, bz2.compress) * 3:
    layers = pack(layers)
write('layers6', layers)
write('layers5', bz2.decompress(layers))
# Compressed alone.
out = io.BytesIO()
with gzip.GzipFile('d/setup.exe', 'wb', 9, out) as f:
    f.write(b'text')
write('named.gz', out.getvalue())
write('program.gz', gzip.compress(program))
write('cut.gz', gzip.compress(os.urandom(5000))[:3000])
if not small:
    write('bomb.gz', gzipped(bytes(101 << 20)))
# More than is unpacked, in what has to be, and in what has not.
if not small:
    write('bomb.zip', zip_of(packed(b'b.tar', tar_of('big', bytes(101 << 20)))))
write('big.zip', zip_of(packed(b'1.txt', bytes(60 << 20)), packed(b'2.txt', bytes(60 << 20)),
                        packed(b'i.zip', zip_of((b'a.exe', b'', {})))))
# Unlike archives, but for the octets a zip's end begins with.
write('constants.exe', program + b'PK\5\6\x50\x4b\x01\x02' * 30 + b'7z\xbc\xaf\x27\x1c' + bytes(60))
# Slow to unpack for its size: seconds on any machine.
if not small:
    block = bz2.compress(bytes(range(256)) * (4 << 12))
    write('slow', zip_of(*[(b'%d' % i, b'', {'method': 12, 'packed': block}) for i in range(250)]))
# Names that a first reader does not see.
DOTS = (b'a.exe/.', b'a.exe/..', b'a.exe/x/..', b'a.exe\\.')
for i, name in enumerate(DOTS):
    write('dots%d.zip' % i, zip_of((name, b'x', {})))
text = local(b'b.txt', b'text')
inner = text + local(b'a.exe', b'MZ')
directory = central(b'b.txt', 0, inner) + central(b'q.txt', 30 + 5 + len(text), b'MZ')
body = local(b'b.txt', inner)
write('pointed.zip', body + directory + end(2, len(directory), len(body)))
body = local(b'a.exe', b'MZ') + text
directory = central(b'b.txt', len(local(b'a.exe', b'MZ')), b'text')
write('orphan.zip', b'%PDF-1.4\n' + body + directory + end(1, len(directory), len(body)))
write('forged7z', b'x' + b"7z\xbc\xaf'\x1c" * 16 + zip_of((b'a.exe', b'', {})))
write('forgedrar', b'x' + b'Rar!\x1a\7\1\0' * 2 + b"7z\xbc\xaf'\x1c" * 200)
write('late.zip', zip_of(*[packed(b'p%d.dat' % i, b'x' + bytes(1 << 20)) for i in range(40)],
                         packed(b'z.dat', bytes(1 << 20) + zip_of((b'a.exe', b'', {})))))
if not small:
    write('huge.zip', zip_of(packed(b'h.dat', bytes(120 << 20) + zip_of((b'a.exe', b'', {})))))
write('empty.gz', gzip.compress(b''))
layers = b'text'
for i in range(300):
    layers = gzip.compress(layers, 1)
write('deep.gz', layers)
with tarfile.open('hard.tar', 'w') as t:
    t.addfile(tarfile.TarInfo('r.txt'))
    info = tarfile.TarInfo('setup.exe')
    info.type, info.linkname = tarfile.LNKTYPE, 'r.txt'
    t.addfile(info)
honest = tar_of('a.txt', b'x')[:1024]
with tarfile.open('global.tar', 'w', format=tarfile.PAX_FORMAT, pax_headers={'path': 'a.exe'}) as t:
    t.addfile(tarfile.TarInfo('b.txt'))
write('junk.tar', honest + b'junk' * 128 + tar_of('a.exe', b'x'))
header = bytearray(honest[:512])
header[124:135] = b'00000077777'
header[148:156] = b' ' * 8
header[148:156] = b'%06o\0 ' % sum(header)
write('size.tar', bytes(header) + tar_of('a.exe', b'x'))
name = '\u65e5\u672c.exe'.encode('cp932')
header = b'-lh0-' + struct.pack('<IIIBBB', 1, 1, 0, 0x20, 0, len(name)) + name + bytes(2)
write('japan.lzh', bytes((len(header), sum(header) & 255)) + header + b'x' + b'\0')
# Two headers of one member that disagree: what is opened must be what either says.
inner = zip_of(packed(b'a.exe', b'MZ'))
short = bytearray(local(b'i.zip', inner))
short[18:26] = struct.pack('<II', 4, 4)
directory = central(b'i.zip', 0, inner)
write('short.zip', bytes(short) + directory + end(1, len(directory), len(short)))
hollow = bytearray(local(b'i/', inner))
hollow[18:26] = bytes(8)
directory = central(b'i.zip', 0, inner)
write('hollow.zip', bytes(hollow) + directory + end(1, len(directory), len(hollow)))
method = bytearray(local(b'i.zip', deflated(inner)))
method[22:26] = struct.pack('<I', len(inner))
directory = central(b'i.zip', 0, inner, method=8, packed=len(deflated(inner)))
write('method.zip', bytes(method) + directory + end(1, len(directory), len(method)))
body = local(b'a', b'../../x')
directory = central(b'longer', 0, b'../../x', mode=LINK)
write('link-renamed.zip', body + directory + end(1, len(directory), len(body)))


def newc(name, data, inode, links):
    fields = (inode, 0o100644, 0, 0, links, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
    head = b'070701' + b''.join(b'%08X' % f for f in fields) + name + b'\0'
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


write('hard.cpio', newc(b'r.txt', b'', 7, 2) + newc(b'i.zip', inner, 7, 2) +
      newc(b'TRAILER!!!', b'', 0, 1))
