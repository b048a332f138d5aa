"""市町: the names of the 播磨圏域 municipalities, for headings and the verification page."""

from procedures.texts import Text
from procedures.values import MunicipalityCode


def _named(ja: str, en: str, zh: str, ko: str) -> Text:
    return Text(ja=ja, en=en, zh=zh, ko=ko)


NAMES: dict[MunicipalityCode, Text] = {
    MunicipalityCode("282014"): _named("姫路市", "Himeji City", "姬路市", "히메지시"),
    MunicipalityCode("282081"): _named("相生市", "Aioi City", "相生市", "아이오이시"),
    MunicipalityCode("282103"): _named("加古川市", "Kakogawa City", "加古川市", "가코가와시"),
    MunicipalityCode("282120"): _named("赤穂市", "Ako City", "赤穗市", "아코시"),
    MunicipalityCode("282162"): _named("高砂市", "Takasago City", "高砂市", "다카사고시"),
    MunicipalityCode("282201"): _named("加西市", "Kasai City", "加西市", "가사이시"),
    MunicipalityCode("282278"): _named("宍粟市", "Shiso City", "宍粟市", "시소시"),
    MunicipalityCode("282294"): _named("たつの市", "Tatsuno City", "龙野市", "다쓰노시"),
    MunicipalityCode("283819"): _named("稲美町", "Inami Town", "稻美町", "이나미정"),
    MunicipalityCode("283827"): _named("播磨町", "Harima Town", "播磨町", "하리마정"),
    MunicipalityCode("284424"): _named("市川町", "Ichikawa Town", "市川町", "이치카와정"),
    MunicipalityCode("284432"): _named("福崎町", "Fukusaki Town", "福崎町", "후쿠사키정"),
    MunicipalityCode("284467"): _named("神河町", "Kamikawa Town", "神河町", "가미카와정"),
    MunicipalityCode("284645"): _named("太子町", "Taishi Town", "太子町", "다이시정"),
    MunicipalityCode("284815"): _named("上郡町", "Kamigori Town", "上郡町", "가미고리정"),
    MunicipalityCode("285013"): _named("佐用町", "Sayo Town", "佐用町", "사요정"),
}


def name(code: str) -> Text:
    """市町名: raises KeyError for a code outside the area."""
    return NAMES[MunicipalityCode(code)]
