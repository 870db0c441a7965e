"""Names of one party in two scripts or spellings, and names of two that are nearly alike. Facts in our own hand."""

from __future__ import annotations

import pytest

from counterflow.entities import chinese, phonetics
from counterflow.entities.agreement import ALIKE, similarity
from counterflow.entities.names import analyse

SAME = [
    # Korean: three romanisations, Hangul, Chinese characters
    ("person", "Kim Jong Un", "김정은"),
    ("person", "Kim Jong Un", "金正恩"),
    ("person", "김정은", "金正恩"),
    ("person", "Ri Yong Ho", "Lee Yong-ho"),
    ("person", "Rim Yong Sik", "Lim Young-sik"),
    ("person", "Pak To Chun", "Park Do-chun"),
    ("person", "Cho'e Ryong-hae", "최룡해"),
    # foreign names in Hangul
    ("person", "Ludwig van Beethoven", "루트비히 판 베토벤"),
    ("person", "Donald Trump", "도널드 트럼프"),
    ("person", "Kirk Douglas", "커크 더글러스"),
    # Chinese: Pinyin, Wade-Giles, Cantonese, traditional and simplified
    ("person", "Xi Jinping", "Hsi Chin-p'ing"),
    ("person", "Xi Jinping", "习近平"),
    ("person", "習近平", "习近平"),
    ("person", "Mao Tse-tung", "毛泽东"),
    ("person", "Deng Xiaoping", "Teng Hsiao-p'ing"),
    ("person", "Cheung Kwok Wing", "張國榮"),
    ("person", "Vladimir Putin", "弗拉基米尔·普京"),
    # Kana
    ("person", "Michael Jackson", "マイケル・ジャクソン"),
    ("person", "Haruki Murakami", "むらかみ はるき"),
    # Arabic, Persian
    ("person", "Saddam Hussein", "صدام حسين"),
    ("person", "Gamal Abdel Nasser", "جمال عبد الناصر"),
    ("person", "Abdulrahman al-Sudais", "عبد الرحمن السديس"),
    ("person", "Mahmoud Ahmadinejad", "محمود احمدی نژاد"),
    ("person", "Moammar Qaddafi", "Muammar Gaddafi"),
    ("person", "Usama bin Ladin", "أسامة بن لادن"),
    ("person", "Saifuddin Ahmad", "Sayf al-Din Ahmed"),
    # Hebrew, Cyrillic, Greek, Thai
    ("person", "Benjamin Netanyahu", "בנימין נתניהו"),
    ("person", "Mikhail Khodorkovsky", "Михаил Ходорковский"),
    ("person", "Alexis Tsipras", "Αλέξης Τσίπρας"),
    ("person", "Prayut Chanocha", "ประยุทธ์ จันทร์โอชา"),
    # order, initials, short names, titles, degrees, compounds, a slip of the pen
    ("person", "Putin, Vladimir", "Vladimir Vladimirovich Putin"),
    ("person", "V. Putin", "Vladimir Putin"),
    ("person", "Bill Gates", "William Gates"),
    ("person", "Dr. Rashid Khan", "Khan Rashid, PhD"),
    ("person", "Emmanuel Marcon", "Emmanuel Macron"),
    # bodies
    ("body", "Siemens Aktiengesellschaft", "SIEMENS AG"),
    ("body", "Vanderbilt Corp", "Van der Bilt Corporation"),
    ("body", "조선대성은행", "Korea Daesong Bank"),
]

OTHERS = [
    ("person", "Kim Jong Un", "김정일"),
    ("person", "김종은", "김정은"),
    ("person", "Kim Kwang Jin", "Kim Kang Jin"),
    ("person", "习近朋", "习近平"),
    ("person", "高石早苗", "高市早苗"),  # read alike in Chinese, two surnames in Japan
    ("person", "Zhang Wei", "Zhang Wen"),
    ("person", "Hala Saddam Hussein", "عدي صدام حسين"),
    ("person", "Khawla Barzan Ibrahim Hasan", "سجا برزان إبراهيم حسن"),
    ("person", "Ali Hassan", "Ali Hussein"),
    ("person", "Mohammed bin Salman", "Salman bin Mohammed"),
    ("person", "Sergey Viktorovich Lavrov", "Sergey Borisovich Lavrov"),
    ("person", "John Smith", "존 웨인"),
    ("person", "Naomi Levi", "נעמי כהן"),
    ("body", "Office 39", "38호실"),
    ("body", "Bank of Chad", "Bank of China"),
    ("body", "Volkswagen AG", "Siemens AG"),
    ("ship", "Hyok Sin 2", "Hyok Sin 6"),
]


@pytest.mark.parametrize(("kind", "one", "two"), SAME)
def test_one_party_in_two_spellings(kind: str, one: str, two: str) -> None:
    assert similarity(analyse(one, kind), analyse(two, kind), kind) >= ALIKE


@pytest.mark.parametrize(("kind", "one", "two"), OTHERS)
def test_two_parties_nearly_alike(kind: str, one: str, two: str) -> None:
    assert similarity(analyse(one, kind), analyse(two, kind), kind) < ALIKE


def test_a_letter_carries_several_sounds() -> None:
    assert phonetics.heard("fernando", "Latin", "페르난도", "Hangul") > 0.9  # Korean has no f
    assert phonetics.heard("carlos", "Latin", "カルロス", "Kana") > 0.9  # Japanese has no l
    assert phonetics.heard("pavel", "Latin", "بافل", "Arabic") > 0.9  # Arabic has neither p nor v
    assert phonetics.heard("pavel", "Latin", "سمير", "Arabic") == 0.0


@pytest.mark.parametrize(
    ("one", "two", "script"),
    [
        ("mohammed", "محمد", "Arabic"),
        ("pavel", "파벨", "Hangul"),
        ("boris", "ボリス", "Kana"),
        ("nikita", "никита", "Cyrillic"),
    ],
)
def test_classes_of_consonants_find_a_name_in_any_script(one: str, two: str, script: str) -> None:
    assert phonetics.bones(one) == phonetics.bones(two, script)


def test_chinese_spellings_meet() -> None:
    assert chinese.sounds("hsiao") == {"xiao"}
    assert "zhang" in chinese.sounds("cheung")
    assert {"jin", "qin"} <= chinese.sounds("chin")
    assert chinese.syllables("zedong") == ("ze", "dong")
    assert chinese.syllables("smith") == ()
    assert chinese.same_characters("劉", "刘") == 1.0
    assert chinese.same_characters("石", "市") == 0.0
