"""ライフイベント: occasions in a resident's life, what to do first on each, and under which law by when."""

from typing import Literal, get_args

from procedures.texts import Model, Text

LifeEvent = Literal["birth", "childcare", "school", "moving", "marriage", "health", "work", "care", "bereavement"]
LIFE_EVENTS: tuple[LifeEvent, ...] = get_args(LifeEvent)


class Occasion(Model):
    """出来事: its name, and what to do first, in order, whether online or at the counter."""

    title: Text
    first: tuple[Text, ...]


def _text(ja: str, en: str, zh: str, ko: str) -> Text:
    return Text(ja=ja, en=en, zh=zh, ko=ko)


OCCASIONS: dict[LifeEvent, Occasion] = {
    "birth": Occasion(
        title=_text("妊娠・出産", "Having a baby", "怀孕、生育", "임신·출산"),
        first=(
            _text(
                "生まれた日を含めて14日以内に、出生届を出してください（戸籍法第49条）。",
                "Register the birth within 14 days, counting the day of birth (Family Register Act, Article 49).",
                "请在出生之日起14天内(含当天)提交出生申报(《户籍法》第49条)。",
                "태어난 날을 포함해 14일 이내에 출생신고를 해 주세요(호적법 제49조).",
            ),
            _text(
                "生まれた日の翌日から15日以内に、児童手当を請求してください。"
                "遅れると受け取れない月が出ることがあります。",
                "Claim the child allowance within 15 days of the day after the birth; later, you may lose a month.",
                "请在出生次日起15天内申请儿童津贴。逾期可能有月份无法领取。",
                "태어난 다음 날부터 15일 이내에 아동수당을 청구해 주세요. 늦어지면 받지 못하는 달이 생길 수 있습니다.",
            ),
        ),
    ),
    "childcare": Occasion(
        title=_text("子育て", "Raising children", "育儿", "육아"),
        first=(
            _text(
                "お子さんの予防接種と健診の予定を、母子健康手帳で確かめてください。",
                "Check your child's vaccinations and check-ups in the Mother and Child Health Handbook.",
                "请通过母子健康手册确认孩子的预防接种和体检安排。",
                "자녀의 예방접종과 건강검진 일정을 모자건강수첩에서 확인해 주세요.",
            ),
        ),
    ),
    "school": Occasion(
        title=_text("入園・入学", "Starting school", "入园、入学", "입학·입원"),
        first=(
            _text(
                "小学校・中学校の入学通知は、入学する年の1月末までに届きます（学校教育法施行令第5条）。"
                "届かないときはご連絡ください。",
                "The notice of school entrance arrives by the end of January of the year of entrance "
                "(School Education Act Enforcement Order, Article 5). Contact us if it does not.",
                "中小学入学通知将在入学当年1月底前送达(《学校教育法施行令》第5条)。如未收到请与我们联系。",
                "초등학교·중학교 입학통지서는 입학하는 해의 1월 말까지 "
                "도착합니다(학교교육법 시행령 제5조). 오지 않으면 연락해 주세요.",
            ),
        ),
    ),
    "moving": Occasion(
        title=_text("引越し", "Moving house", "搬家", "이사"),
        first=(
            _text(
                "市外へ移る前に、転出届を出してください（住民基本台帳法第24条）。",
                "Before you move out of the city, report it (Basic Resident Registration Act, Article 24).",
                "迁往市外之前，请提交迁出申报(《住民基本台账法》第24条)。",
                "시외로 이사하기 전에 전출신고를 해 주세요(주민기본대장법 제24조).",
            ),
            _text(
                "新しい住所に住み始めてから14日以内に、転入届または転居届を出してください（同法第22条・第23条）。",
                "Within 14 days of living at the new address, register it (Articles 22 and 23 of the same act).",
                "在新地址居住后14天内，请提交迁入或市内迁居申报(同法第22条、第23条)。",
                "새 주소에 살기 시작한 날부터 14일 이내에 전입신고 또는 전거신고를 해 주세요(같은 법 제22조·제23조).",
            ),
            _text(
                "マイナンバーカードの住所も、届出のときに窓口で書き換えます。カードをお持ちください。",
                "Bring your My Number Card: its address is changed when you register.",
                "办理申报时将在窗口更改个人编号卡上的地址，请携带卡片。",
                "신고할 때 창구에서 마이넘버카드의 주소도 변경합니다. 카드를 가져와 주세요.",
            ),
        ),
    ),
    "marriage": Occasion(
        title=_text("結婚・離婚", "Marriage and divorce", "结婚、离婚", "결혼·이혼"),
        first=(
            _text(
                "婚姻届・離婚届は窓口で受け付けます。婚姻届には証人2名の署名が必要です（民法第739条）。",
                "Marriage and divorce are registered at the counter. A marriage "
                "needs the signatures of two witnesses (Civil Code, Article 739).",
                "结婚和离婚申报在窗口受理。结婚申报需两名证人签名(《民法》第739条)。",
                "혼인신고와 이혼신고는 창구에서 접수합니다. 혼인신고에는 증인 2명의 서명이 필요합니다(민법 제739조).",
            ),
            _text(
                "氏や住所が変わるときは、マイナンバーカードの記載も窓口で書き換えます。",
                "If your name or address changes, your My Number Card is changed at the counter, too.",
                "姓氏或地址变更时，还需在窗口更改个人编号卡的记载。",
                "성이나 주소가 바뀔 때는 마이넘버카드의 기재 내용도 창구에서 변경합니다.",
            ),
        ),
    ),
    "health": Occasion(
        title=_text("健康・医療", "Health and medical care", "健康、医疗", "건강·의료"),
        first=(
            _text(
                "健診・検診は予約が必要です。対象の年齢と費用を確かめて、早めにお申し込みください。",
                "Check-ups and screenings need an appointment. See "
                "who can have them and what they cost, and apply early.",
                "体检和筛查需要预约。请确认对象年龄和费用，尽早申请。",
                "건강검진은 예약이 필요합니다. 대상 연령과 비용을 확인하고 일찍 신청해 주세요.",
            ),
        ),
    ),
    "work": Occasion(
        title=_text("仕事・事業", "Work and business", "工作、经营", "일·사업"),
        first=(
            _text(
                "会社を辞めたときは14日以内に、国民健康保険と国民年金の届出をしてください。",
                "When you leave a company, register for National Health Insurance and National Pension within 14 days.",
                "离职后请在14天内办理国民健康保险和国民年金的申报。",
                "퇴직했을 때는 14일 이내에 국민건강보험과 국민연금 신고를 해 주세요.",
            ),
            _text(
                "事業者としての手続には、法人の電子証明書が必要なものがあります。"
                "手続ごとの「用意するもの」を確かめてください。",
                "Some procedures for businesses need the organization's "
                "electronic certificate: see what each procedure asks for.",
                "部分企业手续需要单位的电子证书，请查看各手续的“需要准备的物品”。",
                "사업자 절차 중에는 법인의 전자증명서가 필요한 것이 있습니다. 절차별 준비물을 확인해 주세요.",
            ),
        ),
    ),
    "care": Occasion(
        title=_text("高齢・介護", "Ageing and care", "老年、护理", "노후·돌봄"),
        first=(
            _text(
                "介護サービスを使うには、要介護認定の申請が要ります（介護保険法第27条）。"
                "まず地域包括支援センターにご相談ください。",
                "Care services need a certification of need (Long-Term Care "
                "Insurance Act, Article 27). Ask your community support centre first.",
                "使用护理服务需申请护理需求认定(《介护保险法》第27条)。请先咨询地区综合支援中心。",
                "요양 서비스를 이용하려면 요양 인정 신청이 필요합니다(개호보험법 "
                "제27조). 먼저 지역포괄지원센터에 상담해 주세요.",
            ),
        ),
    ),
    "bereavement": Occasion(
        title=_text("ご不幸", "Bereavement", "亲人去世", "사망·장례"),
        first=(
            _text(
                "亡くなったことを知った日から7日以内に、死亡届を出してください（戸籍法第86条）。",
                "Register the death within 7 days of learning of it (Family Register Act, Article 86).",
                "请在得知去世之日起7天内提交死亡申报(《户籍法》第86条)。",
                "사망 사실을 안 날부터 7일 이내에 사망신고를 해 주세요(호적법 제86조).",
            ),
            _text(
                "健康保険証、年金、印鑑登録などの手続は、その後で落ち着いてからで構いません。",
                "Health insurance, pension and seal registration can wait until you are ready.",
                "医疗保险、年金、印章登记等手续可在之后再办理。",
                "건강보험, 연금, 인감등록 등의 절차는 그 후 천천히 하셔도 됩니다.",
            ),
        ),
    ),
}
"""出来事の一覧: every occasion a procedure may name."""
