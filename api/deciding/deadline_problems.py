"""期限の問題: why a deadline does not move so, or a closed day is not taken in; in the reader's language."""

from collections.abc import Mapping

from procedures.texts import Text

DEADLINE_PROBLEMS: Mapping[str, tuple[int, Text]] = {
    "extended_past_the_law": (
        422,
        Text(
            ja="その期限では、先に法律によって結果が決まります。日数を減らすか、法律が認める場合は法定の期間も延ばしてください。",
            en="The law would decide first. Take fewer days, or extend the statutory period too, if the law allows.",
            zh="在该期限之前，结果将依法自动确定。请减少天数；如法律允许，请同时延长法定期间。",
            ko="그 기한 전에 법률에 따라 결과가 정해집니다. 일수를 줄이거나, 허용되는 경우 법정 기간도 연장해 주세요.",
        ),
    ),
    "extended_into_the_past": (
        422,
        Text(
            ja="延ばした期限がすでに過ぎています。今日より後になるように日数を増やしてください。",
            en="The extended deadline would be over already. Choose more days, so that it lies ahead.",
            zh="延长后的期限已经过去。请增加天数，使期限晚于今天。",
            ko="연장한 기한이 이미 지났습니다. 오늘 이후가 되도록 일수를 늘려 주세요.",
        ),
    ),
    "no_statutory_extension": (
        422,
        Text(
            ja="法定の期間をこの日数だけ延ばすことは、法律で認められていません。日数を減らすか、空欄にしてください。",
            en="The law does not allow the statutory period to be extended by so many days. Choose fewer, or none.",
            zh="法律不允许将法定期间延长该天数。请减少天数或留空。",
            ko="법률상 법정 기간을 그 일수만큼 연장할 수 없습니다. 일수를 줄이거나 비워 주세요.",
        ),
    ),
    "closed_day_closed_anyway": (
        422,
        Text(
            ja="土曜日、日曜日、祝日、年末年始は、登録しなくても休庁日です。開庁日を選んでください。",
            en="Weekends, national holidays and the turn of the year are closed anyway. Choose a day that is not.",
            zh="周六、周日、节假日和年末年初本来就是休息日，无需登记。请选择开放日。",
            ko="토요일, 일요일, 공휴일, 연말연시는 등록하지 않아도 휴무일입니다. 근무일을 선택해 주세요.",
        ),
    ),
    "closed_day_known": (
        409,
        Text(
            ja="この日はすでに休庁日として登録されています。理由を変えるときは、一度取り消してから登録してください。",
            en="This day is on the list already. To change its reason, remove it and add it again.",
            zh="该日期已登记为休息日。如需更改理由，请先取消再重新登记。",
            ko="이 날은 이미 휴무일로 등록되어 있습니다. 사유를 바꾸려면 취소한 뒤 다시 등록해 주세요.",
        ),
    ),
    "closed_day_unknown": (
        404,
        Text(
            ja="この日は休庁日として登録されていません。ほかの人が先に取り消した可能性があります。",
            en="This day is not on the list. Somebody may have removed it first.",
            zh="该日期未登记为休息日，可能已被他人先行取消。",
            ko="이 날은 휴무일로 등록되어 있지 않습니다. 다른 사람이 먼저 취소했을 수 있습니다.",
        ),
    ),
    "closed_day_malformed": (
        422,
        Text(
            ja="日付と理由を入力してください。日付は前年度から3年後の年度まで、理由は100文字までです。",
            en="Enter a day, from the last fiscal year to three years ahead, and a reason of up to 100 characters.",
            zh="请输入日期和理由。日期限上一年度至三年后的年度，理由最多100字。",
            ko="날짜와 사유를 입력해 주세요. 날짜는 전년도부터 3년 후 연도까지, 사유는 100자까지입니다.",
        ),
    ),
    "closed_days_unreadable": (
        422,
        Text(
            ja="ファイルを読み取れません。1列目が日付、2列目が理由のCSV(1,000行まで)を選んでください。何も登録していません。",
            en="The file cannot be read. Choose a CSV with days in the first column and reasons in the second, up to "
            "1,000 rows. Nothing was added.",
            zh="无法读取文件。请选择第1列为日期、第2列为理由的CSV文件(最多1,000行)。未登记任何内容。",
            ko="파일을 읽을 수 없습니다. 1열 날짜, 2열 사유의 CSV(1,000행까지)를 선택해 주세요. 등록된 것은 없습니다.",
        ),
    ),
}
