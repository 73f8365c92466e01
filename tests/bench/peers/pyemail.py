# SPDX-License-Identifier: ISC
"""pyemail.py LIST OUT: Python's email as a peer of mimesplit.

For message I of LIST (a path a line) the decoded parts are OUT/I/N, and
OUT/I/NAMES has `N NAME' for each that has a name.
"""
import email
import email.policy
import os
import sys


def decoded(part):
    data = part.get_payload(decode=True)
    if data is None:
        data = str(part.get_payload()).encode('utf-8', 'surrogateescape')
    return data


def split(path, out):
    os.mkdir(out)
    with open(path, 'rb') as f:
        message = email.message_from_bytes(f.read(), policy=email.policy.compat32)
    names = []
    for n, part in enumerate(message.walk()):
        try:
            if not part.is_multipart():
                with open(f'{out}/{n}', 'wb') as f:
                    f.write(decoded(part))
            name = part.get_filename()
            if name:
                name = str(email.header.make_header(email.header.decode_header(name)))
                names.append(f'{n} {name}\n')
        except (ValueError, LookupError, UnicodeError, AssertionError):
            pass
    with open(f'{out}/NAMES', 'w', encoding='utf-8', errors='surrogateescape') as f:
        f.write(''.join(name.replace('\r', '').rstrip('\n').replace('\n', ' ') + '\n'
                        for name in names))


def main():
    os.mkdir(sys.argv[2])
    for i, path in enumerate(open(sys.argv[1]).read().splitlines()):
        try:
            split(path, f'{sys.argv[2]}/{i}')
        except Exception as error:      # a peer may fail; that is counted as missed
            print(f'pyemail.py: {path}: {error!r}', file=sys.stderr)


main()
