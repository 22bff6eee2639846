#!/usr/bin/env python3
"""Walks through the register as people and programs do, over HTTP alone.

An empty folder, the first users, 5,000 customers, a workbook of 100,000 transactions with 137 planted errors in 20
classes; refused cell by cell, corrected, audited by somebody else, a run, grades out; at last the ledger is verified.

    python3 tools/walk_register.py target/release/pinji [--database postgres://…] [--rows 100000]

Needs Python 3 and XlsxWriter, and curl for the uploads. Ends with 0 when everything was as it must be.
"""

import argparse
import base64
import hashlib
import hmac
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile

import xlsxwriter

PASSWORDS = ["copper-lantern-fjord-92", "walnut-harbour-quilt-37", "meadow-tangent-orbit-58", "velvet-granite-spoon-64"]


def say(text):
    print(f"{time.strftime('%H:%M:%S')}  {text}", flush=True)


class Refused(Exception):
    def __init__(self, status, body):
        super().__init__(f"{status} {body}")
        self.status, self.body = status, body


class Office:
    """The interface, as a program meets it."""

    def __init__(self, origin):
        self.origin, self.keys = origin, 0

    def ask(self, method, path, body=None, who=None, headers=None):
        wanted = {"Origin": self.origin, "Accept-Language": "en", **(headers or {})}
        data = None
        if body is not None:
            data, wanted["Content-Type"] = json.dumps(body).encode(), "application/json"
        if method == "POST":
            self.keys += 1
            wanted.setdefault("Idempotency-Key", f"walk-{self.keys}")
        if who is not None:
            wanted.update(who.proof())
        request = urllib.request.Request(self.origin + path, data, wanted, method=method)
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            raise Refused(error.code, error.read().decode()) from None

    def json(self, method, path, body=None, who=None, headers=None):
        _, _, answer = self.ask(method, path, body, who, headers)
        return json.loads(answer) if answer else None

    def all(self, path, who):
        """Every entry of a list, page by page."""
        cursor, joint = None, "&" if "?" in path else "?"
        while True:
            page = self.json("GET", path + (f"{joint}cursor={cursor}" if cursor else ""), who=who)
            yield from page["items"]
            cursor = page.get("next")
            if not cursor:
                return

    def upload(self, path, file, terms, who):
        """A file with its terms, by curl."""
        self.keys += 1
        words = ["curl", "-sS", "--fail-with-body", "-X", "POST", self.origin + path]
        for name, value in {"Origin": self.origin, "Idempotency-Key": f"walk-{self.keys}", **who.proof()}.items():
            words += ["-H", f"{name}: {value}"]
        words += ["-F", f"terms={json.dumps(terms, ensure_ascii=False)};type=application/json", "-F", f"file=@{file}"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Refused(done.returncode, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def wait(self, job, who):
        while True:
            found = self.json("GET", job, who=who)
            if found["finished_at"]:
                return found
            time.sleep(0.25)


class Person:
    """Somebody with a session, and a second factor."""

    def __init__(self, office, login, password):
        self.office, self.login, self.password, self.used = office, login, password, 0
        self.secret = self.cookie = None
        self.sign_in()
        made = office.json("POST", "/api/v1/session/second-factor", {"password": password}, self)
        self.secret = made["secret"]
        office.ask("POST", "/api/v1/session/second-factor/confirmation", {"code": self.code()}, self)

    def proof(self):
        return {"Cookie": f"__Host-pinji={self.cookie}"}

    def code(self):
        """A code that was not used yet; there is a new one every half minute."""
        while int(time.time()) // 30 <= self.used:
            time.sleep(0.5)
        self.used = int(time.time()) // 30
        key = base64.b32decode(self.secret + "=" * (-len(self.secret) % 8))
        digest = hmac.new(key, self.used.to_bytes(8, "big"), hashlib.sha1).digest()
        at = digest[-1] & 15
        return f"{(int.from_bytes(digest[at:at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"

    def keep(self, headers):
        found = re.search(r"__Host-pinji=([^;]+)", headers.get("Set-Cookie", ""))
        self.cookie = found.group(1)

    def sign_in(self):
        body = {"login": self.login, "password": self.password}
        if self.secret:
            body["code"] = self.code()
        self.id = None
        _, headers, answer = self.office.ask("POST", "/api/v1/session", body)
        self.keep(headers)
        self.id = json.loads(answer)["user"]

    def elevate(self):
        body = {"password": self.password, "code": self.code()}
        _, headers, _ = self.office.ask("POST", "/api/v1/session/elevation", body, self)
        self.keep(headers)


class Token:
    """A program's token."""

    def __init__(self, secret):
        self.secret = secret

    def proof(self):
        return {"Authorization": f"Bearer {self.secret}"}


def set_up(office, link):
    """The two security administrators and the system administrator; then those who do the work."""
    done = office.json("POST", "/api/v1/setup", {
        "link": link, "login": "chen.an", "name": "陈安", "password": PASSWORDS[0],
        "deputy": {"login": "liu.ning", "name": "刘宁"}, "system_administrator": {"login": "he.jun", "name": "何军"},
    })
    first = Person(office, "chen.an", PASSWORDS[0])
    office.ask("POST", "/api/v1/passwords", {"link": done["deputy_link"], "password": PASSWORDS[1]})
    deputy = Person(office, "liu.ning", PASSWORDS[1])
    first.elevate()
    deputy.elevate()
    people = {}
    for login, name, roles in (
        ("wang.fang", "王芳", ["updater"]),
        ("zhao.lei", "赵磊", ["auditor"]),
        ("sun.yu", "孙宇", ["rating_administrator"]),
    ):
        made = office.json("POST", "/api/v1/users", {"login": login, "name": name}, first)
        for role in roles:
            body = {"user": made["id"], "role": role, "reason": "工作需要"}
            _, headers, _ = office.ask("POST", "/api/v1/role-grants", body, first)
            office.ask("POST", headers["Location"] + "/approval", None, deputy)
        office.ask("POST", "/api/v1/passwords", {"link": made["link"], "password": PASSWORDS[3]})
        people[login] = Person(office, login, PASSWORDS[3])
    return people


def sheet(path, kind, headings, rows):
    """A workbook with one sheet; each cell as its type is."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet(kind)
    page.write_row(0, 0, headings)
    for at, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, bool):
                page.write_boolean(at, column, value)
            elif isinstance(value, (int, float)):
                page.write_number(at, column, value)
            elif value is not None:
                page.write_string(at, column, value)
    book.close()


HEADINGS = ["客户编号", "订单号", "交易日期", "产品编码", "数量", "单价", "金额", "业务类型"]

# What is planted: column, and what stands there. Seventeen classes seven times, three six times: 137.
PLANTED = [
    ("no customer", 0, None),
    ("a customer that nobody knows", 0, "C999999"),
    ("no date", 2, None),
    ("no date in words", 2, "三月"),
    ("no such day", 2, "2025-02-30"),
    ("day or month first", 2, "3/4/2025"),
    ("a date as yes", 2, True),
    ("quantity in words", 4, "约五百"),
    ("separators astray", 4, "1,2,3"),
    ("too many decimals", 4, 0.1234567),
    ("a time of the day for a quantity", 4, "12:30"),
    ("a price in words", 5, "面议"),
    ("an error that a formula left", 5, "#DIV/0!"),
    ("yes for a price", 5, True),
    ("the letter O among digits", 6, "4,35O.00"),
    ("beyond all sums", 6, "99999999999999999999"),
    ("a sum with a foreign word", 6, "5 公斤"),
    ("not a number", 6, "NaN"),
    ("an entry that is not listed", 7, "易货"),
    ("digits for an entry", 7, 12.5),
]


def transactions(rows, customers):
    """Transactions by a fixed seed; sound ones, every one an order of its own."""
    chance = random.Random(20261122)
    for at in range(rows):
        quantity = chance.randint(1, 400)
        price = chance.randint(100, 99_999) / 100
        day = f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        customer = f"C{int(customers * chance.random() ** 2) + 1:06}"
        product = f"P{chance.randint(1, 300):03}"
        entry = "退货" if chance.random() < 0.02 else "销售"
        sign = -1 if entry == "退货" else 1
        yield [customer, f"D{at + 1:07}", day, product, sign * quantity, price, round(sign * quantity * price, 2), entry]


def spoil(rows):
    """Puts the planted cells in; gives back where each is: address → class."""
    found, place = {}, 0
    for number, (name, column, value) in enumerate(PLANTED):
        for _ in range(6 if number >= 17 else 7):
            at = 311 + place * (len(rows) - 400) // 137
            rows[at][column] = value
            found[f"{chr(65 + column)}{at + 2}"] = name
            place += 1
    return found


def annotated(path):
    """The cells that a workbook brings notes on."""
    with zipfile.ZipFile(path) as book:
        notes = [name for name in book.namelist() if name.startswith("xl/comments")]
        return {ref for name in notes for ref in re.findall(r'<comment ref="([A-Z]+\d+)"', book.read(name).decode())}


def must(held, what):
    if not held:
        raise SystemExit(f"NOT AS IT MUST BE: {what}")


def send(office, file, kind, who):
    terms = {"kind": kind, "source": "销售系统导出", "method": "工作簿"}
    return office.upload("/api/v1/submissions", file, terms, who)


def take_in(office, draft, collector, auditor):
    """Confirmed by who sent it, audited by somebody else; one's own audit is refused."""
    place = f"/api/v1/submissions/{draft['id']}"
    began = time.time()
    office.ask("POST", place + "/confirmation", {}, collector)
    confirmed = time.time()
    try:
        office.ask("POST", place + "/audit", {"verdict": "accept"}, collector)
        must(False, "the collector could audit what he sent")
    except Refused as refused:
        must(refused.status in (403, 404), f"the collector's own audit: {refused}")
    done = office.json("POST", place + "/audit", {"verdict": "accept", "note": "与来源核对无误"}, auditor)
    must(done["state"] == "audited" and done["accepted"] == draft["rows"], f"audited: {done}")
    say(f"confirmed in {confirmed - began:.1f} s, audited in {time.time() - confirmed:.1f} s: {done['accepted']} rows")


def spoilt(office, file, planted, collector):
    """The spoilt workbook: every planted cell is named, no other, and the marked copy shows them."""
    began = time.time()
    draft = send(office, file, "transaction", collector)
    say(f"spoilt workbook read and compared in {time.time() - began:.1f} s: {draft['bad']} bad rows of {draft['rows']}")
    place = f"/api/v1/submissions/{draft['id']}"
    named = set()
    for row in office.all(place + "/rows?verdict=bad&limit=500", collector):
        for cell in row["bad_cells"]:
            named.add(f"{cell['column']}{row['at']}")
        if not row["bad_cells"]:
            must("C999999" in row["flaw"], f"a bad row without a bad cell: {row}")
            named.add(f"A{row['at']}")
    unnamed = {address: planted[address] for address in planted.keys() - named}
    must(not unnamed, f"planted and not found: {unnamed}")
    must(named == planted.keys(), f"found and not planted: {sorted(named - planted.keys())[:10]}")
    _, _, marked = office.ask("GET", place + "/marked.xlsx", who=collector)
    copy = pathlib.Path(file).with_suffix(".marked.xlsx")
    copy.write_bytes(marked)
    # The copy has a column more, before all others: what is wrong in the row, in both languages.
    # Of a customer that nobody knows it is there alone, since the cell itself is sound.
    moved = {chr(ord(address[0]) + 1) + address[1:] for address in planted if "nobody knows" not in planted[address]}
    must(moved <= annotated(copy), f"without a note in the marked copy: {sorted(moved - annotated(copy))[:10]}")
    try:
        office.ask("POST", place + "/confirmation", {}, collector)
        must(False, "a draft with bad rows could be confirmed")
    except Refused as refused:
        must(refused.status in (409, 422), f"confirming bad rows: {refused}")
    office.ask("POST", place + "/withdrawal", {"reason": "有误，更正后重报"}, collector)
    say(f"{len(planted)} planted errors in {len(set(planted.values()))} classes: all named, all marked, none besides")


def grade(office, customers, administrator):
    """A run over what is kept, and the grades by the interface."""
    began = time.time()
    _, headers, _ = office.ask("POST", "/api/v1/runs", {"policies": ["wholesale-rfm"], "as_of": "2025-12-31"}, administrator)
    job = office.wait(headers["Location"], administrator)
    must(job["state"] == "done", f"the run: {job}")
    run = next(office.all("/api/v1/runs", administrator))
    counts = run["counts"][0]
    say(f"run in {time.time() - began:.1f} s: " + ", ".join(f"{g['id']} {g['customers']}" for g in counts["grades"]))
    must(run["state"] == "done" and run["subjects"] == customers, f"the run has not everybody: {run}")
    grades = list(office.all(f"/api/v1/runs/{run['id']}/grades?limit=500", administrator))
    must(len({found["customer"] for found in grades}) == customers, f"{len(grades)} grades of {customers} customers")
    one = office.json("GET", f"/api/v1/runs/{run['id']}/grades/C000001", who=administrator)
    must(one["explanation"] and one["grade"], f"the first customer's grade: {one}")
    wanted = {"policy": "wholesale-rfm", "as_of": "2025-12-31", "known_at": run["known_at"]}
    alone = office.json("POST", "/api/v1/customers/C000001/regrade", wanted, administrator)
    must(alone["line"] == one["line"], f"graded alone {alone['line']}, in the run {one['line']}")
    say(f"{len(grades)} grades read; C000001: {one['grade']}, the same alone; because it {one['explanation']['why'][0]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pinji", type=pathlib.Path)
    parser.add_argument("--database")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--customers", type=int, default=5_000)
    parser.add_argument("--port", type=int, default=8765)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pinji-walk-") as place:
        place = pathlib.Path(place)
        words = [asked.pinji, "serve", "--folder", place / "office", "--listen", f"127.0.0.1:{asked.port}", "--json"]
        words += ["--origin", f"http://127.0.0.1:{asked.port}"] + (["--database", asked.database] if asked.database else [])
        with open(place / "log", "w", encoding="utf-8") as log:
            served = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            walk(asked, place, json.loads(served.stdout.readline()))
        finally:
            served.terminate()
            served.wait(30)
        words = [asked.pinji, "ledger", "verify"]
        words += ["--database", asked.database, "--key", place / "office/keys/ledger.key"] if asked.database else []
        words += ["--checkpoints", place / "office/checkpoints"] if asked.database else [place / "office"]
        said = subprocess.run(words, capture_output=True, text=True, check=False)
        must(said.returncode == 0, f"the ledger: {said.stdout}{said.stderr}")
        say(said.stdout.strip())


def walk(asked, place, greeting):
    office = Office(greeting["origin"])
    link = greeting["setup"]
    people = set_up(office, re.search(r"link=([^&\s]+)", link).group(1) if "link=" in link else link)
    collector, auditor, administrator = people["wang.fang"], people["zhao.lei"], people["sun.yu"]
    say("set up: two security administrators, one of the system, a collector, an auditor, a rating administrator")

    rows = ([f"C{at + 1:06}", f"第{at + 1}号客户有限公司"] for at in range(asked.customers))
    sheet(place / "customers.xlsx", "客户", ["客户编号", "客户名称"], rows)
    began = time.time()
    draft = send(office, place / "customers.xlsx", "customer", collector)
    must((draft["rows"], draft["bad"]) == (asked.customers, 0), f"customers: {draft}")
    say(f"{asked.customers} customers read in {time.time() - began:.1f} s")
    take_in(office, draft, collector, auditor)

    sound = list(transactions(asked.rows, asked.customers))
    bad = [list(row) for row in sound]
    planted = spoil(bad)
    sheet(place / "spoilt.xlsx", "交易", HEADINGS, bad)
    sheet(place / "sound.xlsx", "交易", HEADINGS, sound)
    spoilt(office, place / "spoilt.xlsx", planted, collector)
    began = time.time()
    draft = send(office, place / "sound.xlsx", "transaction", collector)
    must((draft["rows"], draft["bad"]) == (asked.rows, 0), f"the corrected workbook: {draft}")
    say(f"corrected workbook read and compared in {time.time() - began:.1f} s")
    take_in(office, draft, collector, auditor)
    grade(office, asked.customers, administrator)


if __name__ == "__main__":
    try:
        main()
    except Refused as refused:
        sys.exit(f"REFUSED: {refused}")
