"""登場人物: the demo people whose cards, register entries and roles the sandbox shares. All are invented."""

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True)
class CardFace:
    """券面: what is printed on a card and in no register of ours.

    My Numbers begin with 000000, so that they are nobody's; their check digits are right. `western_dates`: a foreign
    resident's card shows the year of birth as 1996, a Japanese one's as 平成8年.
    """

    my_number: str
    expires: date
    security_code: str
    western_dates: bool = False


@dataclass(frozen=True)
class Person:
    """人: one invented person.

    `person_id` is the register's number (宛名番号), `sex` as on the chip (1 male, 2 female), `address` runs from the
    prefecture as in a signing certificate. `registered_address` differs where the certificate is older than a move.
    """

    key: str
    person_id: str
    name: str
    kana: str
    latin: str
    birth_date: date
    sex: Literal["1", "2"]
    address: str
    block: str
    face: CardFace
    auth_pin: str
    sign_pin: str | None = None
    signing_revoked: bool = False
    registered_address: str | None = None
    duties: tuple[str, ...] = ()
    """事務分掌: department:function, as the procedures name them; department `*` is the whole city."""


HANAKO = Person(
    key="hanako", person_id="20140000001", name="姫路　花子", kana="ヒメジ　ハナコ", latin="Himeji Hanako",
    birth_date=date(1990, 4, 12), sex="2", address="兵庫県姫路市安田四丁目１番地", block="中部第二",
    face=CardFace("000000000019", date(2033, 4, 12), "1904"),
    auth_pin="1234", sign_pin="HANAKO1234",
)  # fmt: skip
TARO = Person(
    key="taro", person_id="20140000002", name="姫路　太郎", kana="ヒメジ　タロウ", latin="Himeji Taro",
    birth_date=date(1988, 11, 3), sex="1", address="兵庫県姫路市安田四丁目１番地", block="中部第二",
    face=CardFace("000000000027", date(2034, 11, 3), "2718"),
    auth_pin="1234", sign_pin="TARO1234",
)  # fmt: skip
SAKURA = Person(
    key="sakura", person_id="20140000003", name="姫路　さくら", kana="ヒメジ　サクラ", latin="Himeji Sakura",
    birth_date=date(2026, 5, 20), sex="2", address="兵庫県姫路市安田四丁目１番地", block="中部第二",
    face=CardFace("000000000035", date(2031, 5, 20), "0520"),
    auth_pin="1234",
)  # fmt: skip
KENJI = Person(
    key="kenji", person_id="20140000004", name="網干　健二", kana="アボシ　ケンジ", latin="Aboshi Kenji",
    birth_date=date(1951, 2, 8), sex="1", address="兵庫県姫路市網干区興浜５番地２", block="網干",
    face=CardFace("000000000043", date(2032, 2, 8), "8128"),
    auth_pin="1234", sign_pin="KENJI1234",
)  # fmt: skip
LI = Person(
    key="li", person_id="20140000005", name="ＬＩ　ＭＥＩ", kana="リ　メイ", latin="LI MEI",
    birth_date=date(1996, 9, 30), sex="2", address="兵庫県姫路市飾磨区細江１２番地", block="飾磨",
    face=CardFace("000000000051", date(2030, 9, 30), "6174", western_dates=True),
    auth_pin="1234", sign_pin="LIMEI1234",
)  # fmt: skip
YUMI = Person(
    key="yumi", person_id="20140000006", name="夢前　由美", kana="ユメサキ　ユミ", latin="Yumesaki Yumi",
    birth_date=date(1979, 7, 17), sex="2", address="兵庫県姫路市家島町真浦３３番地", block="家島",
    face=CardFace("000000000060", date(2035, 7, 17), "3301"),
    auth_pin="1234", sign_pin="YUMI1234", signing_revoked=True,
    registered_address="兵庫県姫路市夢前町前之庄７番地",
)  # fmt: skip
OFFICER = Person(
    key="officer", person_id="20140000101", name="窓口　一郎", kana="マドグチ　イチロウ", latin="Madoguchi Ichiro",
    birth_date=date(1985, 1, 15), sex="1", address="兵庫県姫路市北条口二丁目８番地", block="中部第二",
    face=CardFace("000000001015", date(2034, 1, 15), "1024"),
    auth_pin="1234", sign_pin="OFFICER1234",
    duties=(
        "resident_counter:certificate_review", "resident_counter:mailing", "resident_counter:points_review",
        "resident_counter:moving_review", "health:health_review", "digital:partner_review", "children:allowance_review",
        "general_affairs:privacy_review", "town_planning:landscape_review", "children:sheet_correction",
    ),
)  # fmt: skip
APPROVER = Person(
    key="approver", person_id="20140000102", name="決裁　春子", kana="ケッサイ　ハルコ", latin="Kessai Haruko",
    birth_date=date(1972, 6, 2), sex="2", address="兵庫県姫路市城北新町一丁目９番地", block="中部第一",
    face=CardFace("000000001023", date(2032, 6, 2), "4096"),
    auth_pin="1234", sign_pin="APPROVER1234",
    duties=(
        "resident_counter:points_approval", "resident_counter:certificate_review", "resident_counter:moving_review",
        "health:health_review", "digital:partner_approval", "children:allowance_approval",
        "general_affairs:privacy_approval", "town_planning:landscape_approval", "children:sheet_approval",
    ),
)  # fmt: skip
DIRECTOR = Person(
    key="director", person_id="20140000104", name="白鷺　秋代", kana="シラサギ　アキヨ", latin="Shirasagi Akiyo",
    birth_date=date(1966, 10, 9), sex="2", address="兵庫県姫路市城北新町一丁目９番地", block="中部第一",
    face=CardFace("000000001040", date(2031, 10, 9), "5120"),
    auth_pin="1234", sign_pin="DIRECTOR1234",
    duties=(
        "children:allowance_department", "digital:partner_council",
        "health:head", "resident_counter:head", "town_planning:head", "children:head",
    ),
)  # fmt: skip
DEPUTY = Person(
    key="deputy", person_id="20140000105", name="書写　冬樹", kana="ショシャ　フユキ", latin="Shosha Fuyuki",
    birth_date=date(1977, 2, 21), sex="1", address="兵庫県姫路市北条口二丁目８番地", block="中部第二",
    face=CardFace("000000001058", date(2032, 2, 21), "6250"),
    auth_pin="1234", sign_pin="DEPUTY1234",
    duties=("children:allowance_deputy", "digital:partner_council", "children:sheet_correction"),
)  # fmt: skip
LEGAL = Person(
    key="legal", person_id="20140000106", name="増位　律子", kana="マスイ　リツコ", latin="Masui Ritsuko",
    birth_date=date(1983, 5, 3), sex="2", address="兵庫県姫路市花田町上原田６番地", block="東部",
    face=CardFace("000000001066", date(2034, 5, 3), "7310"),
    auth_pin="1234", sign_pin="LEGAL1234",
    duties=("digital:partner_legal",),
)  # fmt: skip
ADMINISTRATOR = Person(
    key="administrator", person_id="20140000103", name="管理　夏男", kana="カンリ　ナツオ", latin="Kanri Natsuo",
    birth_date=date(1980, 12, 24), sex="1", address="兵庫県姫路市花田町上原田６番地", block="東部",
    face=CardFace("000000001031", date(2033, 12, 24), "9009"),
    auth_pin="1234", sign_pin="ADMIN1234",
    duties=("*:administrator",),
)  # fmt: skip
HEAD = Person(
    key="head", person_id="20140000107", name="手柄　信子", kana="テガラ　ノブコ", latin="Tegara Nobuko",
    birth_date=date(1970, 8, 19), sex="2", address="兵庫県姫路市手柄一丁目３番地", block="中部第二",
    face=CardFace("000000001074", date(2031, 8, 19), "8421"),
    auth_pin="1234", sign_pin="HEAD1234",
    duties=("children:head", "health:head", "resident_counter:head"),
)  # fmt: skip
AUDITOR = Person(
    key="auditor", person_id="20140000108", name="広畑　正", kana="ヒロハタ　タダシ", latin="Hirohata Tadashi",
    birth_date=date(1963, 3, 30), sex="1", address="兵庫県姫路市広畑区正門通二丁目４番地", block="広畑",
    face=CardFace("000000001082", date(2032, 3, 30), "9532"),
    auth_pin="1234", sign_pin="AUDITOR1234",
    duties=("*:auditor",),
)  # fmt: skip

PEOPLE = (
    HANAKO, TARO, SAKURA, KENJI, LI, YUMI, OFFICER, APPROVER, DIRECTOR, DEPUTY, LEGAL, ADMINISTRATOR, HEAD, AUDITOR,
)  # fmt: skip
"""姫路さくら is a baby without a signing certificate; 夢前由美 moved: her signing certificate is revoked."""
