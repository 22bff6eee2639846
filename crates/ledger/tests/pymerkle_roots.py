"""The roots of ledgers by pymerkle, a program of others: one JSON array of lines in, the roots at these sizes out.

    python pymerkle_roots.py 30,60,90 < ledgers.jsonl

A line of the input is one ledger: its entries in base64. A line of the output has the roots at the sizes, in
hexadecimal digits, null where the ledger is shorter; and it is only written when pymerkle's own proofs of three entries
hold under its last root.
"""

import base64
import json
import sys

from pymerkle import InmemoryTree, verify_inclusion

sizes = [int(size) for size in sys.argv[1].split(",")]
for line in sys.stdin:
    tree = InmemoryTree(algorithm="sha256")
    for entry in json.loads(line):
        tree.append_entry(base64.b64decode(entry))
    size = tree.get_size()
    for index in sorted({1, size // 2 + 1, size}) if size else []:
        verify_inclusion(tree.get_leaf(index), tree.get_root(), tree.prove_inclusion(index, size))
    print(json.dumps([tree.get_root(at).hex() if at <= size else None for at in sizes]))
