"""事業者: the invented organisations whose certificates are files, one for each look-alike authority and a revoked one.

Their corporate numbers begin with a registry office that does not exist (9999), so they are nobody's.
"""

from dataclasses import dataclass
from typing import Literal

Issuer = Literal["registrar", "tdb-type-a", "e-probatio-ps2", "aosign-g2"]


@dataclass(frozen=True)
class Company:
    """事業者: `corporate_number` is the 法人番号 (13 digits), made of the 会社法人等番号 (its last 12)."""

    key: str
    issuer: Issuer
    name: str
    latin: str
    corporate_number: str
    representative: str
    representative_latin: str
    title: str
    office: str
    passphrase: str
    revoked: bool = False
    purpose: str = ""

    @property
    def registered_number(self) -> str:
        return self.corporate_number[1:]


DATA_WORKS = Company(
    key="data_works", issuer="registrar", name="株式会社見本データ工房", latin="Mihon Data Works K.K.",
    corporate_number="5999901000011", representative="見本　創", representative_latin="Mihon Hajime",
    title="代表取締役", office="兵庫県姫路市駅前町一丁目２番地", passphrase="data-works-1234",
    purpose="商業登記電子証明書",
)  # fmt: skip
UNIVERSITY = Company(
    key="university", issuer="tdb-type-a", name="学校法人見本学園　見本大学", latin="Mihon University",
    corporate_number="9999905000029", representative="学園　知子", representative_latin="Gakuen Tomoko",
    title="理事長", office="兵庫県姫路市書写９番地", passphrase="university-1234",
    purpose="TDB電子認証サービスTypeA",
)  # fmt: skip
TRANSIT = Company(
    key="transit", issuer="e-probatio-ps2", name="見本交通株式会社", latin="Mihon Transit Co., Ltd.",
    corporate_number="4999901000037", representative="路線　進", representative_latin="Rosen Susumu",
    title="代表取締役社長", office="兵庫県姫路市飾磨区見本町３番地", passphrase="transit-1234",
    purpose="e-Probatio PS2",
)  # fmt: skip
SURVEYORS = Company(
    key="surveyors", issuer="aosign-g2", name="見本測量合同会社", latin="Mihon Surveyors LLC",
    corporate_number="5999903000042", representative="測量　正", representative_latin="Sokuryo Tadashi",
    title="代表社員", office="兵庫県姫路市広畑区見本町４番地", passphrase="surveyors-1234",
    purpose="AOSign(法人番号の記載なし)",
)  # fmt: skip
CLOSED_FACTORY = Company(
    key="closed_factory", issuer="registrar", name="見本製作所株式会社", latin="Mihon Factory Co., Ltd.",
    corporate_number="5999901000052", representative="閉鎖　実", representative_latin="Heisa Minoru",
    title="代表清算人", office="兵庫県姫路市網干区見本町５番地", passphrase="closed-factory-1234",
    revoked=True, purpose="商業登記電子証明書(失効)",
)  # fmt: skip

COMPANIES = (DATA_WORKS, UNIVERSITY, TRANSIT, SURVEYORS, CLOSED_FACTORY)
