#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""sigarchives.py DIR FOLDER: the files of FOLDER in DIR/good.*, and what is not taken.

DIR/good.* and DIR/good-WHAT.* hold all files of FOLDER, each with its contents;
DIR/bad-WHY.* are to be refused: most of them are those files and one more, so
that what is wrong comes after something that was taken.  bad-bomb.* hold 64 MiB,
bad-many.* 5000 files.
"""
import gzip, io, lzma, os, struct, sys, tarfile, warnings, zipfile, zlib

out, folder = sys.argv[1:3]
files = {name: open(os.path.join(folder, name), 'rb').read()
         for name in sorted(os.listdir(folder))}
first = next(iter(files))
LINE = b'Test.Nothing:0:*:' + b'ab' * 40 + b'\n'
BOMB = 64 << 20


def write(name, data):
    with open(os.path.join(out, name), 'wb') as f:
        f.write(data)


def entry(name, size=0, **fields):
    t = tarfile.TarInfo(name)
    t.size = size
    for key, value in fields.items():
        setattr(t, key, value)
    return t


def tar_bytes(entries, form=tarfile.GNU_FORMAT, end=True):
    """entries: (TarInfo, bytes); tarfile would fill up to a record of 10 KiB."""
    data = b''.join(t.tobuf(form, 'utf-8', 'surrogateescape') + body + bytes(-len(body) % 512)
                    for t, body in entries)
    return data + bytes(1024 if end else 0)


GOOD = [(entry(name, len(data)), data) for name, data in files.items()]


def more(name, body=LINE, form=tarfile.GNU_FORMAT, **fields):
    return tar_bytes(GOOD + [(entry(name, len(body), **fields), body)], form)


def zip_bytes(members, method=zipfile.ZIP_DEFLATED, **how):
    """members: (ZipInfo or name, bytes)"""
    to = io.BytesIO()
    with zipfile.ZipFile(to, 'w', method, **how) as z:
        for name, data in members:
            if isinstance(name, str):
                name = zipfile.ZipInfo(name)
            name.compress_type = method
            z.writestr(name, data)
    return to.getvalue()


def zip_more(name, data=LINE, **how):
    return zip_bytes(list(files.items()) + [(name, data)], **how)


class Unseekable(io.RawIOBase):
    """Makes zipfile write sizes behind the data."""
    def __init__(self):
        self.data = b''

    def writable(self):
        return True

    def write(self, b):
        self.data += bytes(b)
        return len(b)


def streamed():
    to = Unseekable()
    with zipfile.ZipFile(to, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, data in files.items():
            z.writestr(name, data)
    return to.data


def zip64():
    to = io.BytesIO()
    with zipfile.ZipFile(to, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, data in files.items():
            with z.open(name, 'w', force_zip64=True) as f:
                f.write(data)
    return to.getvalue()


def flags(data, bit):
    """The bit in the flags of all headers."""
    data = bytearray(data)
    for mark, at in ((b'PK\3\4', 6), (b'PK\1\2', 8)):
        i = data.find(mark)
        while i >= 0:
            data[i + at] |= bit
            i = data.find(mark, i + 4)
    return bytes(data)


def special_zip(name, mode, data):
    z = zipfile.ZipInfo(name)
    z.create_system = 3
    z.external_attr = mode << 16
    return z, data


def good_tars():
    plain = tar_bytes(GOOD)
    write('good.tar', plain)
    write('good.tar.gz', gzip.compress(plain))
    write('good.tar.xz', lzma.compress(plain))
    write('good-record.tar', plain + bytes(-len(plain) % 10240))
    write('good-ustar.tar', tar_bytes(GOOD, tarfile.USTAR_FORMAT))
    here = entry('./', type=tarfile.DIRTYPE, mode=0o755)
    dotted = [(entry('./' + name, len(data)), data) for name, data in files.items()]
    write('good-dot.tar', tar_bytes([(here, b'')] + dotted))
    odd = [(entry(name, len(data), uname='Jörg', mtime=1.5,
                  pax_headers={'path': name, 'size': str(len(data)), 'comment': 'ä\n=' * 9}),
            data) for name, data in files.items()]
    write('good-pax.tar', tar_bytes(odd, tarfile.PAX_FORMAT))
    half = len(plain) // 2
    write('good-members.tar.gz', gzip.compress(plain[:half]) + gzip.compress(plain[half:]))
    write('good-xzcrc32.tar.xz', lzma.compress(plain, check=lzma.CHECK_CRC32))


def good_zips():
    write('good.zip', zip_bytes(files.items()))
    write('good-stored.zip', zip_bytes(files.items(), zipfile.ZIP_STORED))
    write('good-streamed.zip', streamed())
    write('good-zip64.zip', zip64())
    to = io.BytesIO(zip_bytes(files.items()))
    with zipfile.ZipFile(to, 'a') as z:
        z.comment = b'0123456789abcdef'
    write('good-comment.zip', to.getvalue())


NAMES = {'up': '../x.ndb', 'absolute': '/etc/x.ndb', 'folder': 'sub/x.ndb', 'newline': 'a\nb.ndb',
         'suffix': 'x.sh', 'none': 'x', 'hidden': '.x.ndb', 'dash': '-x.ndb', 'blank': 'x y.ndb',
         'long': 'x' * 97 + '.ndb', 'longer': 'x' * 5000 + '.ndb', 'twice': first,
         'case': first.swapcase(), 'dottwice': './' + first, 'utf8': 'ä.ndb',
         'escape': '\x1b[31m.ndb', 'updot': './../x.ndb', 'backslash': 'a\\b.ndb',
         'manifest': 'MANIFEST'}
TYPES = {'symlink': tarfile.SYMTYPE, 'hardlink': tarfile.LNKTYPE, 'char': tarfile.CHRTYPE,
         'block': tarfile.BLKTYPE, 'fifo': tarfile.FIFOTYPE, 'subfolder': tarfile.DIRTYPE}


def bad_names():
    for why, name in NAMES.items():
        write('bad-%s.tar' % why, more(name))
        write('bad-pax%s.tar' % why, more(name, form=tarfile.PAX_FORMAT,
                                          pax_headers={'path': name}))
        write('bad-%s.zip' % why, zip_more(name))
    write('bad-nothing.zip', zip_more(''))
    write('bad-nul.tar', more('x.ndb', form=tarfile.PAX_FORMAT, pax_headers={'path': 'x\0.ndb/'}))
    for why, kind in TYPES.items():
        write('bad-%s.tar' % why, more('x.ndb', b'', type=kind, linkname=first))
    write('bad-here.tar', more('./', type=tarfile.SYMTYPE, body=b'', linkname=first))
    write('bad-symlink.zip', zip_bytes([*files.items(),
                                        special_zip('x.ndb', 0o120777, b'/etc/passwd')]))
    write('bad-subfolder.zip', zip_bytes([*files.items(), special_zip('x/', 0o40755, b'')]))


def holes():
    """GNU's old form of a sparse file: 512 bytes at 4096 of 8192."""
    t = entry('x.ndb', 512, type=tarfile.GNUTYPE_SPARSE)
    head = bytearray(t.tobuf(tarfile.GNU_FORMAT))
    head[386:410] = b'00000010000\0' + b'00000001000\0'
    head[483:495] = b'00000020000\0'
    head[148:156] = b' ' * 8
    head[148:156] = b'%06o\0 ' % sum(head)
    return tar_bytes(GOOD, end=False) + bytes(head) + b'#' * 512 + bytes(1024)


def bad_tars():
    plain, cut = tar_bytes(GOOD), tar_bytes(GOOD, end=False)
    write('bad-noend.tar', cut)
    write('bad-noend.tar.gz', gzip.compress(cut))
    write('bad-noend.tar.xz', lzma.compress(cut))
    write('bad-halfend.tar', plain[:-512])
    write('bad-between.tar', tar_bytes(GOOD[:1], end=False))
    write('bad-inhead.tar', tar_bytes(GOOD[:1], end=False) + cut[:300])
    write('bad-infile.tar', more('x.ndb', LINE * 99)[:-2048])
    write('bad-inpadding.tar', cut[:-1])
    write('bad-danglingpax.tar', cut + entry('x.ndb', pax_headers={'path': 'x.ndb'}).tobuf(
        tarfile.PAX_FORMAT)[:1024])
    write('bad-junk.tar', plain + b'junk')
    write('bad-two.tar', plain + tar_bytes([(entry('x.ndb', len(LINE)), LINE)]))
    write('bad-two.tar.gz', gzip.compress(plain) * 2)
    write('bad-two.tar.xz', lzma.compress(plain) * 2)
    sum_ = bytearray(more('x.ndb'))
    sum_[len(cut) + 150] ^= 1
    write('bad-checksum.tar', bytes(sum_))
    write('bad-firstsum.tar', bytes([plain[0] ^ 1]) + plain[1:])
    write('bad-holes.tar', holes())
    sparse = {'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': 'x.ndb',
              'GNU.sparse.realsize': '8192'}
    body = (b'1\n4096\n512\n').ljust(512, b'\0') + b'#' * 512
    write('bad-paxholes.tar', more('y.ndb', body, tarfile.PAX_FORMAT, pax_headers=sparse))
    write('bad-size.tar', more('x.ndb', form=tarfile.PAX_FORMAT,
                               pax_headers={'size': str(1 << 62)}))
    write('bad-minus.tar', more('x.ndb', form=tarfile.PAX_FORMAT, pax_headers={'size': '-5'}))
    write('bad-empty.tar', bytes(10240))
    write('bad-empty.tar.gz', gzip.compress(bytes(10240)))
    write('bad-onlyhere.tar', tar_bytes([(entry('./', type=tarfile.DIRTYPE), b'')]))
    write('bad-nothing.tar.gz', gzip.compress(b''))
    write('bad-zero.tar', b'')
    write('bad-html.tar', b'<!DOCTYPE html><title>Log in</title>' + b'<p>wifi</p>' * 400)


def bad_compressed():
    plain = tar_bytes(GOOD)
    gz, xz = gzip.compress(plain), lzma.compress(plain)
    for n in (5, 12, len(gz) // 2, len(gz) - 8, len(gz) - 1):
        write('bad-cut%d.tar.gz' % n, gz[:n])
    for n in (6, 12, len(xz) // 2, len(xz) - 12, len(xz) - 1):
        write('bad-cut%d.tar.xz' % n, xz[:n])
    write('bad-junk.tar.gz', gz + b'junk')
    write('bad-zeroes.tar.gz', gz + bytes(512))
    write('bad-junk.tar.xz', xz + b'junk')
    write('bad-gzgz.tar.gz', gzip.compress(gz))
    write('bad-xzgz.tar.gz', gzip.compress(xz))
    write('bad-flip.tar.xz', xz[:60] + bytes([xz[60] ^ 4]) + xz[61:])
    write('bad-lone.ndb.gz', gzip.compress(LINE))
    write('bad-zip.zip.gz', gzip.compress(zip_bytes(files.items())))
    write('bad-bzip2.tar.bz2', b'BZh91AY&SY' + bytes(64))
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = entry('x.ndb', BOMB).tobuf(tarfile.GNU_FORMAT)
    data = pack.compress(head)
    for _ in range(BOMB >> 20):
        data += pack.compress(bytes(1 << 20))
    write('bad-bomb.tar.gz', data + pack.compress(bytes(1024)) + pack.flush())


def bad_zips():
    whole = zip_bytes(files.items())
    write('bad-cut.zip', whole[:-10])
    write('bad-nodirectory.zip', whole[:whole.index(b'PK\1\2')])
    write('bad-junk.zip', whole + b'junk')
    write('bad-front.zip', b'junk' + whole)
    write('bad-two.zip', whole + zip_bytes([('x.ndb', LINE)]) + b'PK')
    write('bad-encrypted.zip', flags(whole, 1))
    write('bad-bzip2.zip', zip_bytes(files.items(), zipfile.ZIP_BZIP2))
    write('bad-lzma.zip', zip_bytes(files.items(), zipfile.ZIP_LZMA))
    stored = zip_more('x.ndb', b'A' * 64, method=zipfile.ZIP_STORED)
    write('bad-crc.zip', stored.replace(b'A' * 64, b'A' * 63 + b'B'))
    less = bytearray(zip_more('x.ndb'))
    less[-14:-10] = struct.pack('<HH', len(files), len(files))
    write('bad-count.zip', bytes(less))
    # one name in the directory, another before the data, which is the one that counts
    write('bad-local.zip', zip_more('x.ndb').replace(b'x.ndb', b'../.b', 1))
    write('bad-inzip.zip', zip_more('x.zip', whole))
    write('bad-empty.zip', zip_bytes([]))
    write('bad-bomb.zip', zip_bytes([('x.ndb', bytes(BOMB))]))


def bad_many():
    names = ['x%d.ndb' % i for i in range(5000)]
    write('bad-many.tar.gz', gzip.compress(tar_bytes([(entry(n, len(LINE)), LINE)
                                                      for n in names])))
    write('bad-many.zip', zip_bytes([(n, LINE) for n in names]))


warnings.simplefilter('ignore')     # a name that is there twice is meant
os.makedirs(out, exist_ok=True)
good_tars()
good_zips()
bad_names()
bad_tars()
bad_compressed()
bad_zips()
bad_many()
