#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Updates that are killed, or whose calls fail, at each point there is.

    sigpoints.py trace CONF
        prints the points of an update, in their order: those that each of three
        runs has, P:CALL:N and what it is about
    sigpoints.py kill CONF <POINTS
    sigpoints.py fail CONF ERRNO <POINTS
        at each point, from the root in ./old: afterwards each generation has to be
        whole, the current one as in ./old or as in ./new, nothing may be left that
        runs, and the next update has to make it the new one and leave nothing.
        Prints a line a point, its fields apart by tabs: old, new, or some where
        only some of the sources are the new ones; the exit status; the point; what was
        said; what the next update said.  A line more for each thing that is wrong,
        `wrong', the point and what; for a point that no run came to `missed'.

The tool sysat is in PATH; two at a time, in ./w0 and ./w1.
"""

import concurrent.futures
import glob
import hashlib
import os
import queue
import re
import shutil
import subprocess
import sys

WORKERS = 2
SECONDS = 120
TRIES = 25


def files_of(folder):
    found = {}
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as f:
            found[name] = hashlib.sha256(f.read()).hexdigest()
    return found


def manifest_of(folder):
    with open(os.path.join(folder, "manifest"), encoding="ascii") as f:
        return {
            m.group(1): m.group(2)
            for m in re.finditer(r"^name=file:(\S+) .*\bsha256=([0-9a-f]{64})", f.read(), re.M)
        }


def by_source(root):
    """What is current: of each source the names and sums."""
    folder, found = os.path.join(root, "current"), {}
    with open(os.path.join(folder, "manifest"), encoding="ascii") as f:
        of = dict(re.findall(r"^name=file:(\S+) source=(\S+)", f.read(), re.M))
    for name, digest in files_of(folder).items():
        if name != "manifest":
            found.setdefault(of.get(name), {})[name] = digest
    return found


def wrong_in(root):
    """What no reader may ever see."""
    for folder in sorted(glob.glob(os.path.join(root, "[0-9]" * 14))):
        name = os.path.basename(folder)
        try:
            found = files_of(folder)
            found.pop("manifest")
            if found != manifest_of(folder):
                yield f"{name} is not as its manifest says"
        except (OSError, KeyError, ValueError) as e:
            yield f"{name}: {e!r}"
    for link in ("current", "previous"):
        path = os.path.join(root, link)
        if not os.path.isdir(path):
            yield f"{link} leads nowhere"


def debris(root):
    stays = {".lock", ".state", ".waiting", ".part"}
    for name in os.listdir(root):
        if name.startswith(".") and name not in stays:
            yield name
    for folder, _, files in os.walk(os.path.join(root, ".part")):
        for name in files:
            yield os.path.join(folder, name)


def empty(path):
    return os.path.isdir(path) and not os.listdir(path)


class Bench:
    def __init__(self, conf):
        self.conf = conf
        self.old, self.new = by_source("old"), by_source("new")
        self.keep = len(glob.glob("old/" + "[0-9]" * 14))

    def run(self, worker, *how):
        """One update; its status, what it said, and the tool's log."""
        folder = f"w{worker}"
        root, log = os.path.abspath(folder + "/root"), folder + "/log"
        env = dict(os.environ, TMPDIR=os.path.abspath(folder + "/tmp"))
        command = ["sigupdate", "update", "-a", "-c", self.conf, "-D", root]
        if how:
            command = ["sysat", "-o", log, "-m", self.conf, *how[:-1], *command]
        with open(folder + "/err", "w+", encoding="utf-8", errors="replace") as said:
            done = subprocess.run(
                command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=said, timeout=SECONDS, check=False)
            said.seek(0)
            lines = said.read().splitlines()
        if not how:
            return done.returncode, lines, []
        with open(log, encoding="utf-8", errors="replace") as f:
            events = f.read().splitlines()
        if done.returncode != 0:
            raise RuntimeError("sysat: " + " ".join(lines))
        ends = [int(e.split()[1]) for e in events if e.startswith("exit ")]
        return ends[0] if ends else -9, lines, events

    def anew(self, worker):
        folder = f"w{worker}"
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder + "/tmp")
        subprocess.run(["cp", "-a", "old", folder + "/root"], check=True)
        return folder + "/root"

    def which(self, root):
        """`some': each source is whole, and those that failed are the old ones."""
        try:
            now = by_source(root)
        except (OSError, ValueError) as e:
            return repr(e)
        if now in (self.old, self.new):
            return "old" if now == self.old else "new"
        if now.keys() == self.new.keys() and all(
                files in (self.old[source], self.new[source]) for source, files in now.items()):
            return "some"
        return "broken"

    def at(self, worker, point, option):
        for _ in range(TRIES):
            root = self.anew(worker)
            status, said, events = self.run(worker, *option, point, "")
            about = [e[3:] for e in events if e.startswith("at ")]
            if about:
                break
        else:
            return {"point": point, "missed": "1"}
        wrong = list(wrong_in(root))
        wrong += [e for e in events if e.startswith("left ")]
        which = self.which(root)
        if which not in ("old", "new", "some") or (which == "some" and status not in (1, 75)):
            wrong.append(f"current is {which}")
        again, more, _ = self.run(worker)
        wrong += [f"later: {w}" for w in wrong_in(root)]
        if again != 0:
            wrong.append(f"the next update: {again}: {' '.join(more)}")
        if self.which(root) != "new":
            wrong.append("the next update did not make it the new one")
        wrong += [f"debris: {d}" for d in debris(root)]
        # An avscand that is killed leaves the folder that it has for itself.
        wrong += [f"debris: {d}" for d in glob.glob(f"w{worker}/tmp/*") if not empty(d)]
        made = len(glob.glob(root + "/" + "[0-9]" * 14))
        # One more where the kill was before the last step, until there is something new.
        if made > self.keep + 1:
            wrong.append(f"debris: {made} generations")
        return {
            "point": about[0], "in": which, "status": status,
            "said": " / ".join(said), "again": " / ".join(more), "wrong": wrong}


def points_of(bench):
    runs = []
    for _ in range(3):
        bench.anew(0)
        status, said, events = bench.run(0, "")
        if status != 0:
            sys.exit(f"an update without a fault: {status}: {said}")
        runs.append([e[5:] for e in events if e.startswith("call ")])
    keys = [{p.split(" ")[0] for p in run} for run in runs]
    return [p for p in runs[0] if p.split(" ")[0] in keys[0] & keys[1] & keys[2]]


def main():
    verb, conf = sys.argv[1:3]
    bench = Bench(conf)
    if verb == "trace":
        print("\n".join(points_of(bench)))
        return
    option = ("-k",) if verb == "kill" else ("-e", sys.argv[3])
    points = [line.split(" ")[0].strip() for line in sys.stdin if line.strip()]
    free = queue.SimpleQueue()
    for worker in range(WORKERS):
        free.put(worker)

    def one(point):
        worker = free.get()
        try:
            return bench.at(worker, point, option)
        except (OSError, RuntimeError, subprocess.TimeoutExpired) as e:
            return {"point": point, "wrong": [repr(e)]}
        finally:
            free.put(worker)

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for got in pool.map(one, points):
            if "missed" in got:
                print(f"missed\t{got['point']}")
                continue
            print(*(got.get(k) for k in ("in", "status", "point", "said", "again")), sep="\t")
            for what in got["wrong"]:
                print("wrong", got["point"], what, sep="\t", flush=True)


main()
