"""Text files are read in the encoding they were written in, without asking the user."""

import string
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnplay.data.importing.csv_reader import RowReader
from nnplay.data.importing.preview import preview_table
from nnplay.data.importing.sniff import guess_layout
from nnplay.data.importing.source_file import SourceFile

WORDS = {
    "cp1252": "Straße Größe Äpfel Höhe über schön müde café élève garçon français été señor niño "
    "año João São não coração København håndværk Noël naïve Übung",
    "gb18030": "北京 上海 广州 深圳 天津 重庆 价格 面积 城市 人口 房子 年龄 收入 中国 学生 老师",
    "big5": "臺北 價格 面積 城市 人口 房子 年齡 收入 學生 老師 顏色 電腦",
    "shift_jis": "東京 大阪 価格 面積 ひらがな カタカナ 学生 先生 色 です ます",
    "euc_kr": "서울 부산 가격 면적 도시 인구 나이 소득 학생",
    "cp1251": "Москва цена площадь город население возраст доход студент Казань",
}
"""Common words, in an encoding that was usual before UTF-8."""
anything = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cc", "Cs", "Zl")),
    max_size=30,
)
in_a_folder = settings(
    deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def column(path: Path) -> list[str]:
    """Return the first column of a file, as it would be imported."""
    rows = RowReader(path, guess_layout(path, ",", has_header=True)).chunks(10_000)
    return [row[0] for chunk in rows for row in chunk.rows]


@in_a_folder
@given(
    words=st.lists(anything, min_size=1), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
)
def test_any_text_survives_in_unicode(tmp_path: Path, words: list[str], encoding: str) -> None:
    cells = ['"x' + word.replace('"', '""').replace("\x85", "") + '"' for word in words]
    path = tmp_path / "text.csv"
    path.write_bytes("\n".join(["name,y", *(f"{cell},1" for cell in cells)]).encode(encoding))
    assert guess_layout(path).encoding == encoding
    assert column(path) == [cell[1:-1].replace('""', '"') for cell in cells]


@in_a_folder
@given(data=st.data(), encoding=st.sampled_from(sorted(WORDS)), rows=st.integers(10, 3_000))
def test_tables_of_common_words_survive_in_old_encodings(
    tmp_path: Path, data: st.DataObject, encoding: str, rows: int
) -> None:
    known = WORDS[encoding].split()
    order = data.draw(st.permutations(known))
    words = [order[i % len(order)] for i in range(max(rows, len(order)))]
    path = tmp_path / "text.csv"
    lines = ["name,y", *(f"{word},{number}" for number, word in enumerate(words))]
    path.write_bytes("\n".join(lines).encode(encoding))
    assert column(path) == words


@pytest.mark.parametrize("word", WORDS["cp1252"].split())
def test_a_single_accented_word_is_western(tmp_path: Path, word: str) -> None:
    path = tmp_path / "text.csv"
    path.write_bytes(f"{word},y\n1,2\n3,4\n".encode("cp1252"))
    assert guess_layout(path).columns == (word, "y")


def test_text_that_reads_the_same_in_two_encodings_is_western(tmp_path: Path) -> None:
    # ö and ß are the same bytes in cp1250, but ñ is not, and comes only behind the head.
    path = tmp_path / "text.csv"
    head = "name,y\n" + "Größe,1\nStraße,2\n" * 6_000
    path.write_bytes((head + "niño,3\n").encode("cp1252"))
    assert column(path)[-1] == "niño"


def test_bytes_beyond_the_head_do_not_matter_for_the_guess(tmp_path: Path) -> None:
    path = tmp_path / "text.csv"
    path.write_bytes(b"name,y\n" + b"plain,1\n" * 20_000 + "Größe,2\n".encode("cp1252"))
    assert column(path)[-1] == "Größe"


@pytest.mark.slow
def test_a_large_file_takes_no_longer_than_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "text.csv"
    line = ",".join([*WORDS["cp1252"].split()[:4], *string.digits]).encode("cp1252") + b"\n"
    path.write_bytes(b"a,b,c,d,e,f,g,h,i,j,k,l,m,n\n" + line * (100 * 2**20 // len(line)))
    before = time.process_time()
    path.read_bytes().decode("cp1252")
    reading = time.process_time() - before
    before = time.process_time()
    assert guess_layout(path).encoding == "cp1252"
    assert time.process_time() - before < 4 * reading + 0.5


@pytest.mark.parametrize("encoding", ["cp1252", "gb18030", "cp1251"])
def test_a_guessed_encoding_is_said(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "mine.csv"
    words = WORDS[encoding].split()
    path.write_bytes(
        "\n".join(["word,n", *(f"{w},{n}" for n, w in enumerate(words))]).encode(encoding)
    )
    note = f"The file is not UTF-8; it is read as {encoding}, which is a guess."
    assert note in preview_table(SourceFile(path)).notes
    assert not preview_table(SourceFile(path, encoding=encoding)).notes
    path.write_text("word,n\nStraße,1\nGröße,2\n", encoding="utf-8")
    assert not preview_table(SourceFile(path)).notes
