#!/usr/bin/env python3
"""Verifies an exported Pinji ledger without Pinji, by the forms of docs/ledger.md. 台账独立核验

The folder holds what was kept outside: checkpoints (*.note) and proofs of entries (*.tlog-proof). Exit 0: all is as it
was signed; 1: it is not, and each line says what is wrong where; 2: nothing could be verified. SM3 needs OpenSSL."""
import argparse, hashlib, json, pathlib, sys  # noqa: E401
from base64 import b64decode, b64encode

def need(holds, says):
    if not holds:
        raise ValueError(says)

# Ed25519: RFC 8032 section 5.1, on points (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P

def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    return (b - a) * (d - c) % P, (d + c) * (b + a) % P, (d - c) * (d + c) % P, (b - a) * (b + a) % P

def times(n, p):
    half = times(n >> 1, add(p, p)) if n else (0, 1, 1, 0)
    return add(half, p) if n & 1 else half

def point(raw):
    sign, y = raw[31] >> 7, int.from_bytes(raw, "little") & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    need(y < P and x * x % P == square and (x or not sign), "not a point of the curve")
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P

def signs(public, text, signature):
    """Whether the signature's first half is the point sB - kA, where s is its second half."""
    s, base, (x, y, _, t) = int.from_bytes(signature[32:], "little"), point(b"\x58" + b"\x66" * 31), point(public)
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % L
    x, y, z, _ = add(times(s, base), times(k, (P - x, y, 1, P - t)))
    x, y = x * pow(z, P - 2, P) % P, y * pow(z, P - 2, P) % P
    return len(signature) == 64 and s < L and signature[:32] == (y | (x & 1) << 255).to_bytes(32, "little")

# Keys, checkpoints and proofs of entries: C2SP signed-note, tlog-checkpoint and tlog-proof.
PROOF, ALGORITHMS = "c2sp.org/tlog-proof@v1", ("sha256", "sm3")

def unbase64(text):
    need(b64encode(b64decode(text, validate=True)).decode() == text, "base64 in an unusual form")
    return b64decode(text)

def key(text):
    name, number, raw = text.strip().split("+", 2)
    rest = unbase64(raw)
    own = hashlib.sha256(name.encode() + b"\n" + rest).hexdigest()[:8] == number
    need(own and rest[0] == 1 and len(rest) == 33 and point(rest[1:]), "not a key, or not with its id")
    return name, bytes.fromhex(number), rest[1:]

def checkpoint(note, keys):
    """Size, root and algorithm, from a note that one of the keys signed."""
    need(all(c >= " " or c == "\n" for c in note) and "\n\n" in note and note[-1] == "\n", "not a signed note")
    text, signatures, origins = note[:note.rindex("\n\n") + 1], note[note.rindex("\n\n") + 2:-1], set()
    for dash, name, raw in (line.split(" ") for line in signatures.split("\n")):
        number, signature = unbase64(raw)[:4], unbase64(raw)[4:]
        need(dash == "—" and name.split() == [name] and "+" not in name and len(number) == 4, "not a signed note")
        for public in (k[2] for k in keys if k[:2] == (name, number)):
            need(signs(public, text.encode(), signature), "its signature is false")
            origins.add(name)
    origin, size, root, *more = text[:-1].split("\n")
    need(origin in origins, "no key of this ledger signed it")
    algorithm = more[0][10:] if more and more[0].startswith("algorithm ") else "sha256"
    form = str(int(size)) == size and 0 <= int(size) < 2**63 and len(unbase64(root)) == 32 and all(more)
    need(form and algorithm in ALGORITHMS, "not a checkpoint")
    return int(size), root, algorithm

def paper(text, keys):
    """Index and path, where it is the proof of an entry (else None); then the checkpoint's size, root and algorithm."""
    index, path = None, []
    if text.startswith(PROOF):
        head, text = text.split("\n\n", 1)
        first, number, *path = head.split("\n")
        index, path = int(number[6:]), [unbase64(node) for node in path]
        need(first == PROOF and number == "index %d" % index and index >= 0, "not a proof")
    return (index, path, *checkpoint(text, keys))

# The tree: RFC 6962 section 2.1. `peaks` are the roots of its complete subtrees, left to right.
def digest(algorithm, *parts):
    return hashlib.new(algorithm, b"".join(parts)).digest()

def root_of(algorithm, peaks):
    node = peaks[-1] if peaks else digest(algorithm)
    for peak in reversed(peaks[:-1]):
        node = digest(algorithm, b"\1", peak, node)
    return b64encode(node).decode()

def leads(leaf, index, path, size, root, algorithm):
    """Whether the path leads from the leaf to the root; at the right edge a node may have no sibling on a level."""
    node, at, last = leaf, index, size - 1
    for other in path:
        while at == last and at and not at & 1:
            at, last = at >> 1, last >> 1
        node = digest(algorithm, b"\1", *((other, node) if at & 1 else (node, other)))
        at, last = at >> 1, last >> 1
    return index < size and last == 0 and b64encode(node).decode() == root

# The entries: canonical JSON, numbered from 0, each with the leaf hash of the one before.
CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
BROKEN = (ValueError, LookupError, TypeError, AttributeError, RecursionError)

def placed(line, leaves, origin, algorithm):
    """Refuses a line that is not the entry that belongs after these leaves; the first entry names the algorithm."""
    seq = len(leaves)
    entry = json.loads(line.decode(), parse_float=int, parse_constant=int)  # int refuses what is not whole
    need(len(line) <= 2**20 and CANONICAL(entry).encode() == line, "not in the one form of what it says")
    need(repr(entry.get("seq")) == str(seq), "its number is %s: deleted, inserted or reordered here" % entry.get("seq"))
    opens = seq or (entry["facts"]["origin"], entry["facts"]["algorithm"] in ALGORITHMS) == (origin, True)
    need(opens and (entry.get("action") == "ledger.open") == (seq == 0) == ("prev" not in entry), "a wrong opening")
    chained = seq == 0 or entry.get("prev") == b64encode(leaves[-1]).decode()
    need(chained, "entry %d was another when this was written: edited or exchanged" % (seq - 1))
    return algorithm if seq else entry["facts"]["algorithm"]

def verify(lines, papers, keys):
    """What is wrong, each as a line with its place; and what was verified."""
    notes, wrong, bad, roots, leaves, peaks, algorithm = [], [], [], {}, [], [], "sha256"
    for name, raw in papers:
        try:
            notes.append((name, *paper(raw.decode(), keys)))
        except BROKEN as error:
            wrong.append("%s: %s" % (name, error))
    sizes = {note[3] for note in notes}
    for seq, line in enumerate(line.rstrip(b"\n") for line in lines):
        try:
            algorithm = algorithm if bad else placed(line, leaves, keys[0][0], algorithm)
        except BROKEN as error:  # what follows from the first fault is not worth a word
            bad.append("entry %d: %s" % (seq, error))
        if seq in sizes:
            roots[seq] = root_of(algorithm, peaks)
        node, full = digest(algorithm, b"\0", line), seq
        leaves.append(node)
        while full & 1:
            node, full = digest(algorithm, b"\1", peaks.pop(), node), full >> 1
        peaks.append(node)
    count = len(leaves)
    roots[count] = root_of(algorithm, peaks)
    agree = [size for _, _, _, size, root, _ in notes if roots.get(size) == root]
    for size, name in sorted((n[3], n[0]) for n in notes if roots.get(n[3], n[4]) != n[4])[:1]:
        since = max((n for n in agree if n < size), default=0)
        bad.append("%s: entries %d to %d are not all what was signed" % (name, since, size - 1))
    for size, name in sorted((n[3], n[0]) for n in notes if n[3] > count)[-1:]:
        bad.append("%s: %d entries were signed and %d are here: cut off, or an older copy" % (name, size, count))
    for name, index, path, size, root, by in notes:
        if index is not None and not (index < count and leads(leaves[index], index, path, size, root, by)):
            bad.append("%s: no proof of entry %d" % (name, index))
    says = "%d entries, %s root %s; %d checkpoints agree and cover the first %d entries"
    nothing = [] if notes else ["ledger: no checkpoint vouches for it"]
    return bad + wrong + nothing, says % (count, algorithm, roots[count], len(agree), max(agree, default=0))

def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("ledger", help="the exported entries")
    ask.add_argument("--key", action="append", required=True, help="name+id+base64; once for each key the ledger had")
    ask.add_argument("--checkpoints", required=True, metavar="DIR", help="the folder with the papers")
    args = ask.parse_args()
    try:
        files = sorted(f for f in pathlib.Path(args.checkpoints).iterdir() if f.suffix in (".note", ".tlog-proof"))
        with open(args.ledger, "rb") as lines:
            wrong, says = verify(lines, [(f.name, f.read_bytes()) for f in files], [key(text) for text in args.key])
    except (OSError, LookupError, ValueError) as error:
        print("cannot verify: %s" % error)
        return 2
    print(*wrong, ("FAILED: " if wrong else "ok: ") + says, sep="\n")
    return 1 if wrong else 0

if __name__ == "__main__":
    sys.exit(main())
